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
      const {iou, verdict, said} = told.sides[place];
      side.dataset.verdict = verdict;
      side.querySelector(".iou").textContent = iou;
      side.querySelector(".said").textContent = said;
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
      if (document.hidden || !film.offsetParent) continue;
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
  }, STEP / 2);
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
