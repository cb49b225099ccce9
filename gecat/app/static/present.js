// A stage: `?present=1` shows the page large and leads through it, one key a step. `&idle=120` begins
// anew for the next visitor when nobody has touched anything for so many seconds.
(() => {
  const place = new URLSearchParams(location.search);
  if (place.get("present") !== "1") return;
  document.documentElement.classList.add("present");
  const {open, sayings} = window.gecat;

  let turn = 0;  // another number at every step: what one waits for is forgotten with it
  const find = async selector => {
    for (const mine = turn; mine === turn;) {
      const found = document.querySelector(selector);
      if (found?.offsetParent) return found;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
  const look = async selector => (await find(selector))?.scrollIntoView({block: "start"});
  const press = async selector => (await find(selector))?.click();
  // An answer that is under way may put a slider back, so it is held for a while.
  const move = async (selector, value) => {
    const mine = turn;
    for (let tries = 0; tries < 20 && mine === turn; tries += 1) {
      const input = await find(`${selector} input[type=range]`);
      if (input && input.value !== String(value)) {
        input.value = value;
        input.dispatchEvent(new Event("input", {bubbles: true}));
      }
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  };
  // What each step opens and does, in their order; the catalogues say what is told.
  const STEPS = {
    photo: () => { open("segment", "before-after"); scrollTo(0, 0); },
    cutout: async () => { open("segment", "cutout"); await look("#score"); },
    critic: async () => {
      open("explore", "critic");
      await move("#spoil-right", 0);
      await look("#critic-score");
    },
    spoiled: async () => {
      open("explore", "critic");
      await look("#critic-score");
      await move("#spoil-right", 20);
    },
    stages: async () => { open("explore", "generator"); await look("#explore-views"); },
    race: async () => { open("train", "race"); await look("#race-film"); },
    own: async () => { open("segment", "before-after"); (await find("#use-photo"))?.focus(); },
  };
  // What the text of a step speaks of, where networks have to look first.
  const SPOKEN_OF = {
    photo: "#score .number",
    critic: "#critic-map figure",
    spoiled: "#critic-map figure",
    stages: "#stage figure",
  };
  const names = Object.keys(STEPS);
  let at = 0;

  const begin = async () => {
    const words = (await sayings()).present;
    const tour = document.createElement("aside");
    tour.className = "tour";
    tour.setAttribute("aria-label", words.title);
    const button = (name, action) => {
      const made = document.createElement("button");
      [made.type, made.className, made.textContent] = ["button", name, words[name]];
      made.addEventListener("click", action);
      return made;
    };
    const text = document.createElement("p");
    text.setAttribute("aria-live", "polite");
    const part = document.createElement("span");
    const buttons = {
      back: button("back", () => go(at - 1)),
      next: button("next", () => go(at + 1)),
      again: button("again", again),
      end: button("end", end),
    };
    const foot = document.createElement("div");
    const keys = document.createElement("small");
    keys.textContent = words.hint;
    foot.append(part, ...Object.values(buttons), keys);
    tour.append(text, foot);
    document.body.append(tour);

    const tell = async name => {
      const mine = turn, spoken = SPOKEN_OF[name];
      if (spoken && !document.querySelector(spoken)?.offsetParent) {
        text.textContent = words.waiting;
        await find(spoken);
      }
      if (mine === turn) text.textContent = words.steps[name];
    };
    const go = step => {
      if (step < 0 || step >= names.length) return;
      at = step;
      turn += 1;
      part.textContent = words.part.replace("{number}", at + 1).replace("{count}", names.length);
      buttons.back.disabled = at === 0;
      buttons.next.disabled = at === names.length - 1;
      tour.dataset.step = names[at];
      if (!buttons.next.disabled) buttons.next.focus();
      STEPS[names[at]]();
      tell(names[at]);
    };
    // Of whoever was here before nothing is left.
    function again() {
      document.querySelector("#stop:enabled")?.click();
      sessionStorage.removeItem("gecat-photo");
      for (const kept of ["gecat-visitor", "gecat-weights"]) localStorage.removeItem(kept);
      const next = new URLSearchParams({present: 1});
      for (const name of ["idle", "language"]) if (place.has(name)) next.set(name, place.get(name));
      setTimeout(() => { location.href = `${location.pathname}?${next}`; }, 300);
    }
    function end() {
      const rest = new URLSearchParams(location.search);
      rest.delete("present");
      location.href = `${location.pathname}?${rest}`;
    }
    document.addEventListener("keydown", event => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const {target, key} = event;
      const inTour = target === document.body || tour.contains(target);
      const typing = target.matches("textarea, select, [contenteditable=true], "
        + "input:not([type=range], [type=radio], [type=checkbox])");
      // A presenter's clicker sends these wherever the focus is.
      const action = {PageDown: () => go(at + 1), PageUp: () => go(at - 1)}[key]
        ?? (inTour ? {ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1)}[key] : null)
        ?? (target === document.body && key === " " ? () => go(at + 1) : null)
        ?? (typing ? null : {r: again, R: again, Escape: end}[key]);
      if (!action) return;
      event.preventDefault();
      action();
    });
    const idle = 1000 * parseFloat(place.get("idle"));
    if (idle > 0) {
      let timer, touched = false;
      const waitAnew = () => {
        clearTimeout(timer);
        timer = setTimeout(() => touched && again(), idle);
      };
      for (const kind of ["keydown", "pointerdown", "pointermove"])
        document.addEventListener(kind, () => { touched = true; waitAnew(); });
    }
    go(0);
  };
  addEventListener("DOMContentLoaded", begin);
})();
