// What the page does without the server. It stands at the head of every page, before Gradio's own
// scripts.

const oncePerFrame = action => {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; action(); });
  };
};

// Writes to the clipboard; the button says for so many milliseconds how that went.
const copyBy = async (button, write, [usual, copied, refused], milliseconds) => {
  let said = copied;
  try {
    await write();
  } catch {
    said = refused;
  }
  button.textContent = said;
  setTimeout(() => { button.textContent = usual; }, milliseconds);
};

// A page's language is that of its address, for Gradio's own words too, which ask the browser. A
// reader whose browser prefers Chinese, or who chose it here, gets the Chinese page, unless English
// was asked for.
(() => {
  const KEY = "gecat-language";
  const chinese = /\/zh\/?$/.test(location.pathname);
  const asked = new URLSearchParams(location.search).has("language");
  const wished = localStorage.getItem(KEY) ?? (navigator.language.startsWith("zh") ? "zh" : "en");
  if (wished === "zh" && !asked && location.pathname.endsWith("/"))
    location.replace("zh" + location.search);
  const language = chinese ? "zh-CN" : "en";
  const own = {language, languages: [language]};
  for (const name in own)
    Object.defineProperty(navigator, name, {get: () => own[name], configurable: true});
  // Whoever changes the language stays where they are.
  document.addEventListener("click", event => {
    const link = event.target.closest?.(".hero .language");
    if (!link) return;
    localStorage.setItem(KEY, chinese ? "en" : "zh");
    const place = new URLSearchParams(location.search);
    place.delete("language");
    if (chinese) place.set("language", "en");
    link.search = place;
  }, true);
})();

// Where one is stands in the address, like ?tab=explore&view=critic&example=cat&threshold=0.6: a
// reload returns there, and a link that was sent opens there.
(() => {
  const OWN = "gecat-photo";  // the visitor's own photo, which no link can hand on
  const arrived = new URLSearchParams(location.search);
  let last;  // path of the photo
  const wanted = [];  // what is to be opened: [name, id]
  const write = (name, value) => {
    const place = new URLSearchParams(location.search);
    if (value) place.set(name, value); else place.delete(name);
    const search = place.size ? `?${place}` : "";
    if (search !== location.search)
      history.replaceState(history.state, "", location.pathname + search);
  };
  // The bar of the tabs, that of the views in the tab that is open, and that of a view's parts.
  const bars = () => {
    const shown = [...document.querySelectorAll("[role=tablist]")].filter(bar => bar.offsetParent);
    return {tab: shown[0], view: shown[1], part: shown[2]};
  };
  const button = (bar, id) => bar?.querySelector(`[role=tab][data-tab-id="${CSS.escape(id)}"]`);
  const arrive = () => {
    const [name, id] = wanted[0], bar = bars()[name];
    // The page's photo lies in the first tab, which has to be there before another one is opened.
    if (!bar || !document.querySelector("#photo")) return;
    button(bar, id)?.click();
    wanted.shift();
    soon();  // a tab's views are there once it is open
  };
  const follow = () => {
    if (wanted.length) return arrive();
    for (const [name, bar] of Object.entries(bars())) {
      const tabs = [...bar?.querySelectorAll("[role=tab]") ?? []];
      const at = tabs.findIndex(tab => tab.ariaSelected === "true");
      write(name, at > 0 ? tabs[at].dataset.tabId : "");
    }
  };
  const soon = oncePerFrame(follow);
  const open = (tab, view, part) => {
    wanted.push(...Object.entries({tab, view, part}).filter(([, id]) => id));
    soon();
  };
  open(...["tab", "view", "part"].map(name => arrived.get(name)));
  new MutationObserver(soon).observe(document, {
    subtree: true, childList: true, attributeFilter: ["aria-selected"],
  });
  document.addEventListener("input", event => {
    if (event.target.closest?.("#threshold")) write("threshold", event.target.value);
  });
  window.gecat = {
    open,
    // The words of what the scripts add to the page, once it is there.
    async sayings() {
      let head;
      while (!(head = document.querySelector(".hero"))) await new Promise(requestAnimationFrame);
      return JSON.parse(head.dataset.words);
    },
    // The photo that the page opens with: the name of an example, and the path of one's own.
    photoAtArrival: () => [arrived.get("example"), sessionStorage.getItem(OWN)],
    thresholdAtArrival() {
      const value = parseFloat(arrived.get("threshold"));
      return value >= 0.02 && value <= 0.98 ? [value] : [];
    },
    // Others come to this view by its address, but never to a photo of one's own.
    async copyLink() {
      const {link} = await window.gecat.sayings(), button = document.querySelector(".hero .link");
      const copied = sessionStorage.getItem(OWN) ? link.link_copied_without : link.link_copied;
      const write = () => navigator.clipboard.writeText(location.href);
      await copyBy(button, write, [link.link, copied, link.link_refused], 3000);
    },
    photoChanges(photo) {
      window.gecat.pageChanges(photo);
      if (photo && photo.path !== last) {
        // On a phone the result lies below; what the page opened with nobody has asked for.
        if (last) window.gecat.showOnPhone("#score");
        last = photo.path;
        window.gecat.wholePicture();
      }
      const example = /[/\\]examples[/\\]([^/\\]+)\.[a-z]+$/.exec(photo?.path)?.[1];
      write("example", example);
      if (photo && !example) sessionStorage.setItem(OWN, photo.path);
      else sessionStorage.removeItem(OWN);
    },
  };
})();

document.addEventListener("click", event => {
  if (event.target.closest?.(".hero .link")) window.gecat.copyLink();
  // A card of Compare is looked at closely, and put back.
  const card = event.target.closest?.(".board button")?.closest(".card");
  for (const each of card?.parentElement.children ?? [])
    each.classList.toggle("large", each === card && !each.classList.contains("large"));
});

// Nobody is asked how trainings stand while the window is out of sight; who comes back sees it at once.
document.addEventListener("visibilitychange", () => {
  const shown = !document.hidden && document.querySelector("#train-modes")?.offsetParent;
  if (shown) document.querySelector("#train-returned").click();
});

// What the tabs' events call by name.
Object.assign(window.gecat, {
  scrollToTop() {
    window.scrollTo({top: 0});
  },
  show(selector) {
    document.querySelector(selector).scrollIntoView({behavior: "smooth"});
  },
  // On a phone the form hides what it has begun.
  showOnPhone(selector) {
    if (innerWidth <= 640) window.gecat.show(selector);
  },
  // The run whose files are prepared: none while nobody looks at them.
  runIfFilesAreShown(visitor, run) {
    return [visitor, document.querySelector("#take-weights")?.offsetParent ? run : null];
  },
  // Puts what the open view shows on the clipboard: its file of full size, or what is drawn while
  // that is being prepared. Browsers take PNG alone, and only on pages that came safely.
  async copyPicture(cutout, mask, composite) {
    const open = document.querySelector("#views [role=tab][aria-selected=true]")?.dataset.tabId;
    const files = {mask: [mask, "#mask img"], background: [composite, "#composite img"]};
    const [file, drawn] = files[open] ?? [cutout, "#before-after .after, #cutout img"];
    const address = file?.url ?? document.querySelector(drawn)?.src;
    const {copy} = await window.gecat.sayings(), button = document.querySelector("#copy");
    const asPng = async () => {
      const picture = await createImageBitmap(await (await fetch(address)).blob());
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      canvas.getContext("2d").drawImage(picture, 0, 0);
      return canvas.convertToBlob({type: "image/png"});
    };
    const write = () => navigator.clipboard.write([new ClipboardItem({"image/png": asPng()})]);
    await copyBy(button, write, [copy.copy, copy.copied, copy.copy_refused], 2000);
  },
  // The photo that is compared: none while nobody looks.
  ifCompareIsShown: photo => document.querySelector("#compare-run")?.offsetParent ? photo : null,
});

// Bars of tabs take arrow keys.
document.addEventListener("keydown", event => {
  const tab = event.target.closest?.("[role=tab]");
  const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]:not(:disabled)")];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
});
