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
      if (photo && photo.path !== last) {
        // On a phone the result lies below; what the page opened with nobody has asked for.
        if (last) window.gecat.showOnPhone("#score");
        last = photo.path;
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
  // The photo that Explore follows: its own while nobody looks at it.
  chosenIfExploreIsShown(photo, chosen) {
    return [photo, document.querySelector("#explore-photo")?.offsetParent ? chosen : photo];
  },
});

// Photos come by drop and paste from anywhere on the page. Gradio refuses files by the type that the
// browser guesses from their names, in English, and takes away the photo that is there. Our reader
// looks into them: it says what is wrong, and the photo comes back.
(() => {
  const photos = "#photo, #explore-photo, #background";
  // What takes files itself, and the tabs that follow the page's photo.
  const others = "#many-files, #photos-files, #train-files, #canvas, #compare-mask, "
    + "#compare-weights, #compare-canvas";
  const followers = "#explore-photo, #compare-run";
  const large = "input[type=file]:has(+ #use-photo)";  // of the large button
  let given = 0;  // when a photo was dropped or pasted last
  const guessed = file => file.type.startsWith("image/");
  const asPictures = files => {
    const transfer = new DataTransfer();
    for (const file of files)
      transfer.items.add(guessed(file) ? file : new File([file], file.name, {type: "image/png"}));
    return transfer;
  };
  // Gives the page a photo; tabs that show none lead to the one that does.
  const give = file => {
    if (![...document.querySelectorAll(followers)].some(element => element.offsetParent))
      document.querySelector("[role=tab][data-tab-id=segment]").click();
    const input = document.querySelector(large);
    input.files = asPictures([file]).files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
  };
  document.addEventListener("dragover", event => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", event => {
    const files = [...event.dataTransfer?.files ?? []];
    if (!files.length || event.target.closest?.(others)) return;
    const zone = event.target.closest?.(photos);
    if (zone) {
      given = Date.now();
      if (files.every(guessed)) return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!zone) return give(files[0]);
    const options = {dataTransfer: asPictures(files), bubbles: true, cancelable: true};
    event.target.dispatchEvent(new DragEvent("drop", options));
  }, true);
  document.addEventListener("change", event => {
    const input = event.target;
    const photo = input.type === "file" && (input.closest(photos) || input.matches(large));
    if (photo && ![...input.files].every(guessed))
      input.files = asPictures(input.files).files;
  }, true);
  document.addEventListener("paste", event => {
    given = Date.now();
    const file = event.clipboardData?.files[0];
    if (file) give(file);
  });
  // A photo that another takes the place of is cleared, too.
  window.gecat.photoIsReplaced = () => Date.now() - given < 1000;
})();

// Gradio 6.31 cancels on the server what it has no number of yet, and is refused: it forgets such an
// event here, and that is enough.
(() => {
  const fetched = window.fetch;
  window.fetch = (address, options) =>
    /\/gradio_api\/(cancel|reset)$/.test(address) && options?.body?.includes('"event_id":null')
      ? Promise.resolve(Response.json({})) : fetched(address, options);
})();

// Before and after: the line between them moves by pointer, touch and arrow keys, and stays where it
// is when both pictures are drawn anew.
(() => {
  const split = input => input.closest("#before-after").style;
  document.addEventListener("input", event => {
    if (event.target.matches?.(".before-after input"))
      split(event.target).setProperty("--split", `${event.target.value}%`);
  });
  new MutationObserver(oncePerFrame(() => {
    const input = document.querySelector(".before-after input");
    const value = input && parseFloat(split(input).getPropertyValue("--split") || 50);
    if (input && input.valueAsNumber !== value) input.value = value;
  })).observe(document, {subtree: true, childList: true});
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

// A figure tells the value under the pointer, and saves itself as a picture.
(() => {
  const read = event => {
    const picture = event.target.closest?.("figure.explained image.map");
    if (!picture) return;
    const figure = picture.closest("figure"), data = figure.dataset;
    const box = picture.getBoundingClientRect();
    const place = (at, start, size, count) =>
      Math.min(count - 1, Math.max(0, Math.floor((at - start) / size * count)));
    const column = place(event.clientX, box.left, box.width, +data.columns);
    const row = place(event.clientY, box.top, box.height, +data.rows);
    const bytes = atob(data.values), low = data.low.split(" "), high = data.high.split(" ");
    const values = low.map((start, index) => {
      const level = bytes.charCodeAt((row * data.columns + column) * low.length + index);
      return (+start + level / 255 * (high[index] - start)).toPrecision(3);
    });
    figure.querySelector(".reading").textContent = values.join("  ·  ");
  };
  document.addEventListener("pointermove", read);
  document.addEventListener("pointerdown", read);
  document.addEventListener("click", event => {
    const button = event.target.closest?.("figure.explained button.png");
    if (!button) return;
    const figure = button.closest("figure"), svg = figure.querySelector("svg").cloneNode(true);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    svg.setAttribute("width", 2 * width);
    svg.setAttribute("height", 2 * height);
    svg.setAttribute("style", "color: #1e293b; font-family: system-ui, sans-serif");
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2 * width, 2 * height];
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0);
      const link = document.createElement("a");
      link.download = figure.dataset.name + ".png";
      link.href = canvas.toDataURL("image/png");
      link.click();
    };
    image.src = "data:image/svg+xml;charset=utf-8,"
      + encodeURIComponent(new XMLSerializer().serializeToString(svg));
  });
})();

// A chart tells the values at the place that is pointed at, where its keys tell the last ones.
(() => {
  let told = null;  // the chart, and what its keys said
  const forget = () => {
    told?.keys.forEach(([key, text]) => { key.textContent = text; });
    told = null;
  };
  document.addEventListener("pointermove", event => {
    const svg = event.target.closest?.("figure.chart svg[data-low]");
    if (told && told.svg !== svg) forget();
    if (!svg) return;
    const figure = svg.closest("figure");
    told ??= {svg, keys: [...figure.querySelectorAll(".keys b")].map(b => [b, b.textContent])};
    const {low, high, scale, top, base} = svg.dataset;
    const at = svg.createSVGPoint();
    [at.x, at.y] = [event.clientX, event.clientY];
    const {x} = at.matrixTransform(svg.getScreenCTM().inverse());
    svg.querySelectorAll("polyline").forEach((line, index) => {
      const points = line.getAttribute("points").split(" ").map(pair => pair.split(",").map(Number));
      const [, y] = points.reduce((one, two) => Math.abs(two[0] - x) < Math.abs(one[0] - x) ? two : one);
      const share = (base - y) / (base - top);
      const value = scale === "log"
        ? low * (high / low) ** share : +low + share * (high - low);
      told.keys[index][0].textContent = value.toPrecision(3);
    });
  });
})();

// A race plays by itself, once the page shows it; whoever takes the slider stops it.
(() => {
  const STEP = 220, END = 2500;  // milliseconds that a frame is shown, and the last one
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const films = new WeakMap();  // of a film that was seen: is it playing, and when it goes on
  const show = (film, frame) => {
    const told = JSON.parse(film.dataset.frames)[frame];
    film.style.setProperty("--frame", frame);
    film.style.setProperty("--share", told.share);
    film.querySelector("input").value = frame;
    film.querySelector(".at").textContent = told.at;
    film.querySelectorAll(".side").forEach((side, place) => {
      side.dataset.broken = told.sides[place].broken;
      side.querySelector(".iou").textContent = told.sides[place].iou;
    });
  };
  const play = (film, playing) => {
    films.set(film, {playing, next: Date.now() + STEP, told: film.dataset.frames});
    const button = film.querySelector(".play");
    button.textContent = playing ? button.dataset.pause : button.dataset.play;
    film.dataset.playing = playing;
  };
  setInterval(() => {
    for (const film of document.querySelectorAll(".race-film:has(.player)")) {
      if (!film.offsetParent) continue;
      // Gradio puts another race into the element that is there.
      if (films.get(film)?.told !== film.dataset.frames) {
        play(film, !still.matches);
        show(film, still.matches ? JSON.parse(film.dataset.frames).length - 1 : 0);
      }
      const state = films.get(film), slider = film.querySelector("input");
      if (!state.playing || Date.now() < state.next) continue;
      const frame = +slider.value < +slider.max ? +slider.value + 1 : 0;
      show(film, frame);
      state.next = Date.now() + (frame === +slider.max ? END : STEP);
    }
  }, 50);
  document.addEventListener("input", event => {
    const film = event.target.closest?.(".race-film");
    if (!film) return;
    play(film, false);
    show(film, +event.target.value);
  });
  document.addEventListener("click", event => {
    const button = event.target.closest?.(".race-film .play");
    if (!button) return;
    const film = button.closest(".race-film");
    play(film, !films.get(film)?.playing);
  });
})();

// Mend by hand: a stroke on the picture is drawn at once, and sent when it ends. What is sent is all
// strokes so far, in shares of the picture's sides, as text of a field that nobody sees.
(() => {
  const POINTS = 100;  // of a stroke at most
  const COLOURS = {keep: "rgb(16 185 129 / 70%)", remove: "rgb(239 68 68 / 70%)"};
  let stroke = null;
  // Where the picture lies within its frame.
  const shown = image => {
    const box = image.getBoundingClientRect();
    const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
    const width = image.naturalWidth * scale, height = image.naturalHeight * scale;
    const left = box.left + (box.width - width) / 2, top = box.top + (box.height - height) / 2;
    return {left, top, width, height};
  };
  const brushRadius = () => document.querySelector("#touch-up-brush input").value / 100;
  const share = (at, start, size) => Math.min(0.9999, Math.max(0, (at - start) / size));
  const placeOf = (event, area) => [
    share(event.clientX, area.left, area.width), share(event.clientY, area.top, area.height),
  ];
  const add = ([x, y]) => {
    const {area, points} = stroke;
    const [lastX, lastY] = points.at(-1) ?? [-1, -1];
    if (Math.hypot(x - lastX, y - lastY) < 0.004) return;
    points.push([+x.toFixed(4), +y.toFixed(4)]);
    // Every other point of a long stroke tells as much.
    if (points.length > POINTS)
      stroke.points = points.filter((_, index) => index % 2 === 0 || index > POINTS - 2);
    const pen = stroke.canvas.getContext("2d");
    const [fromX, fromY] = lastX < 0 ? [x, y] : [lastX, lastY];
    pen.beginPath();
    pen.moveTo(fromX * area.width, fromY * area.height);
    pen.lineTo(x * area.width, y * area.height);
    pen.stroke();
  };
  const begin = image => {
    const kind = document.querySelector("#touch-up-kind input:checked").value;
    const radius = brushRadius(), area = shown(image), canvas = document.createElement("canvas");
    canvas.className = "stroke";
    for (const side of ["left", "top"]) canvas.style[side] = `${area[side]}px`;
    [canvas.width, canvas.height] = [area.width, area.height];
    document.body.append(canvas);
    const pen = canvas.getContext("2d");
    pen.lineCap = pen.lineJoin = "round";
    pen.lineWidth = 2 * radius * Math.max(area.width, area.height);
    pen.strokeStyle = COLOURS[kind];
    stroke = {image, canvas, area, radius, keep: kind === "keep", points: []};
  };
  const end = () => {
    const {canvas, image, points, keep, radius} = stroke;
    stroke = null;
    const field = document.querySelector("#touch-up-strokes textarea");
    const before = field.value ? JSON.parse(field.value) : [];
    field.value = JSON.stringify([...before, {keep, points, radius}]);
    field.dispatchEvent(new Event("input", {bubbles: true}));
    // The paint stays until the picture answers.
    const wipe = () => canvas.remove();
    image.addEventListener("load", wipe, {once: true});
    setTimeout(wipe, 3000);
  };
  document.addEventListener("pointerdown", event => {
    const image = event.target;
    if (!image.matches?.("#touch-up-picture img") || event.button || stroke) return;
    event.preventDefault();
    image.setPointerCapture(event.pointerId);
    begin(image);
    add(placeOf(event, stroke.area));
  });
  document.addEventListener("pointermove", event => {
    if (stroke) add(placeOf(event, stroke.area));
  });
  document.addEventListener("pointerup", () => { if (stroke) end(); });
  document.addEventListener("pointercancel", () => {
    stroke?.canvas.remove();
    stroke = null;
  });
  // By keyboard: arrows move the brush by its own radius.
  const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  const brush = document.createElement("i");
  brush.className = "brush";
  let place = [0.5, 0.5];  // of the brush, in shares of the picture's sides
  const showBrush = (area, radius) => {
    const size = 2 * radius * Math.max(area.width, area.height);
    brush.style.width = brush.style.height = `${size}px`;
    brush.style.left = `${scrollX + area.left + place[0] * area.width}px`;
    brush.style.top = `${scrollY + area.top + place[1] * area.height}px`;
    document.body.append(brush);
  };
  document.addEventListener("keydown", event => {
    const image = event.target.closest?.("#touch-up-picture")?.querySelector("img");
    const way = WAYS[event.key], pressed = event.key === "Enter" || event.key === " ";
    if (!image || !(way || pressed)) return;
    event.preventDefault();
    const area = shown(image), radius = brushRadius();
    const step = radius * Math.max(area.width, area.height);
    if (!stroke && (pressed || event.shiftKey)) {
      begin(image);
      add(place);
    }
    if (way) {
      place = [area.width, area.height].map((side, axis) =>
        share(place[axis] * side + way[axis] * step, 0, side));
      if (stroke) add(place);
    } else if (!event.shiftKey) end();
    showBrush(area, radius);
  });
  document.addEventListener("keyup", event => {
    if (event.key === "Shift" && stroke && brush.isConnected) end();
  });
  document.addEventListener("focusout", () => {
    if (stroke && brush.isConnected) end();
    brush.remove();
  });
  document.addEventListener("dragstart", event => {
    if (event.target.matches?.("#touch-up-picture img")) event.preventDefault();
  });
})();
