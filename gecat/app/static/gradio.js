// Gradio 6.31 cancels on the server what it has no number of yet, and is refused: it forgets such an
// event here, and that is enough.
(() => {
  const fetched = window.fetch;
  window.fetch = (address, options) =>
    /\/gradio_api\/(cancel|reset)$/.test(address) && options?.body?.includes('"event_id":null')
      ? Promise.resolve(Response.json({})) : fetched(address, options);
})();

// Gradio 6.31 asks for sixty pictures a second as long as a page is open: the clock of its loading
// screen is never stopped, and its editors draw what stays as it is. The clock stands while nobody
// sees one, and editors rest while nobody touches the page.
(() => {
  const REST = 100, AWAKE = 1000;  // milliseconds between two pictures, and after a touch
  const {requestAnimationFrame: request, cancelAnimationFrame: cancel} = window;
  let touched = 0;
  for (const kind of ["pointermove", "pointerdown", "wheel", "keydown"])
    addEventListener(kind, () => { touched = performance.now(); }, {capture: true, passive: true});
  window.requestAnimationFrame = action => {
    const written = String(action);
    const clock = written.includes("performance.now()-") && written.includes("/1e3");
    if (clock && !document.querySelector("[data-testid=status-tracker]:not(.hide)")) return 0;
    if (!written.includes("_requestId=null") || performance.now() - touched < AWAKE)
      return request(action);
    return -setTimeout(() => action(performance.now()), REST);  // no number of the browser's
  };
  window.cancelAnimationFrame = number => number < 0 ? clearTimeout(-number) : cancel(number);
})();

// What Gradio's components leave unsaid to those who do not see them.
(async () => {
  const {examples, hard, keys, labels} = await window.gecat.sayings();
  // Some labels are English in every language.
  const patterns = Object.entries(labels).filter(([theirs, ours]) => theirs !== ours)
    .map(([theirs, ours]) => [new RegExp(`^${theirs.replace("{label}", "(.+)")}$`), ours]);
  const translate = (element, attribute) => {
    const told = element.getAttribute(attribute);
    for (const [pattern, ours] of patterns) {
      const found = pattern.exec(told);
      if (found) return element.setAttribute(attribute, ours.replace("{label}", found[1]));
    }
  };
  const name = (element, label) => { if (element.ariaLabel !== label) element.ariaLabel = label; };
  const tell = () => {
    const score = document.querySelector("#score");
    if (score) score.ariaLive = "polite";
    for (const image of document.querySelectorAll("[id$=examples] button img")) {
      const stem = /([^/]+)\.\w+$/.exec(image.src)?.[1];
      const button = image.closest("button"), why = hard.why[stem];
      name(button, why ? `${examples[stem]} (${hard.word}): ${why}` : examples[stem] ?? stem);
      if (button.title !== button.ariaLabel) button.title = button.ariaLabel;
      if (why && !button.dataset.hard) button.dataset.hard = hard.word;
    }
    for (const button of document.querySelectorAll("button:has(> .image-frame)"))
      name(button, button.closest(".block").querySelector("label")?.textContent.trim());
    // A picture of a gallery is called by its caption, once.
    for (const caption of document.querySelectorAll("button > .caption-label")) {
      const button = caption.parentElement;
      name(button, caption.textContent.trim());
      button.querySelector("img")?.setAttribute("alt", "");
    }
    const mended = document.querySelector("#touch-up-picture button:has(img)");
    if (mended) name(mended, keys);
    // What they contain says more.
    const fuller = ":is(.empty, .upload-container, .image-container)[aria-label]";
    for (const element of document.querySelectorAll(fuller)) element.removeAttribute("aria-label");
    for (const attribute of ["aria-label", "title", "alt"])
      for (const element of document.querySelectorAll(`[${attribute}]`))
        translate(element, attribute);
  };
  new MutationObserver(oncePerFrame(tell)).observe(document, {subtree: true, childList: true});
})();
