// What the page does without the server. It stands in the head of every page.

// Gradio serves every page as English.
document.documentElement.lang = location.pathname.endsWith("/zh") ? "zh" : "en";

// A reader whose browser prefers Chinese gets the Chinese page, unless English was asked for.
if (navigator.language.startsWith("zh") && location.pathname.endsWith("/")
    && !location.search.includes("language=en")) location.replace("zh");

// What the tabs' events call by name.
window.gecat = {
  scrollToTop() {
    window.scrollTo({top: 0});
  },
  // On a phone the form hides what it has begun.
  showStatusOnPhone() {
    if (innerWidth <= 640)
      document.querySelector("#train-status").scrollIntoView({behavior: "smooth"});
  },
  // The run whose files are prepared: none while nobody looks at them.
  runIfFilesAreShown(visitor, run) {
    return [visitor, document.querySelector("#take-weights")?.offsetParent ? run : null];
  },
};

// Gradio refuses files by the type that the browser guesses from their names, in English, and takes
// away the photo that is there. Our reader looks into them: it says what is wrong, and the photo
// comes back.
(() => {
  const photos = "#photo, #explore-photo, #background";
  let given = 0;  // when a photo was dropped or pasted last
  const guessed = file => file.type.startsWith("image/");
  const asPictures = files => {
    const transfer = new DataTransfer();
    for (const file of files)
      transfer.items.add(guessed(file) ? file : new File([file], file.name, {type: "image/png"}));
    return transfer;
  };
  document.addEventListener("drop", event => {
    if (!event.target.closest?.(photos)) return;
    given = Date.now();
    const files = [...event.dataTransfer?.files ?? []];
    if (files.every(guessed)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const options = {dataTransfer: asPictures(files), bubbles: true, cancelable: true};
    event.target.dispatchEvent(new DragEvent("drop", options));
  }, true);
  document.addEventListener("change", event => {
    const input = event.target;
    if (input.type === "file" && input.closest(photos) && ![...input.files].every(guessed))
      input.files = asPictures(input.files).files;
  }, true);
  document.addEventListener("paste", () => { given = Date.now(); }, true);
  // A photo that another takes the place of is cleared, too.
  window.gecat.photoIsReplaced = () => Date.now() - given < 1000;
})();

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
    films.set(film, {playing, next: Date.now() + STEP});
    const button = film.querySelector(".play");
    button.textContent = playing ? button.dataset.pause : button.dataset.play;
    film.dataset.playing = playing;
  };
  setInterval(() => {
    for (const film of document.querySelectorAll(".race-film:has(.player)")) {
      if (!film.offsetParent) continue;
      if (!films.has(film)) {
        play(film, !still.matches);
        if (!still.matches) show(film, 0);
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
