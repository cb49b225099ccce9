// Photos come by drop and paste from anywhere on the page. Gradio refuses files by the type that the
// browser guesses from their names, in English, and takes away the photo that is there. Our reader
// looks into them: it says what is wrong, and the photo comes back.
(() => {
  const pagePhoto = "#photo, #explore-photo";
  const photos = `${pagePhoto}, #background`;
  // What takes files itself, and the tabs that follow the page's photo.
  const others = "#many-files, #photos-files, #train-files, #canvas, #compare-mask, "
    + "#compare-weights, #compare-canvas";
  const followers = "#explore-photo, #compare-run";
  const large = "input[type=file]:has(+ #use-photo)";  // of the large button
  let given = 0;  // when a photo was dropped or pasted last
  let chosen = false;  // whether the visitor has chosen one
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
      chosen ||= zone.matches(pagePhoto);
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
    chosen ||= photo && !input.closest("#background");
    if (photo && ![...input.files].every(guessed))
      input.files = asPictures(input.files).files;
  }, true);
  document.addEventListener("paste", event => {
    given = Date.now();
    const file = event.clipboardData?.files[0];
    if (file) give(file);
  });
  document.addEventListener("click", event => {
    chosen ||= Boolean(event.target.closest?.("[id$=examples] button"));
  }, true);
  // The photo that the page opens with, unless there is one, or one is on its way.
  window.gecat.photoToOpen = (opening, photo) => photo || chosen ? [] : [opening];
  // A photo that another takes the place of is cleared, too.
  window.gecat.photoIsReplaced = () => Date.now() - given < 1000;
})();

// One photo for the whole page: what is chosen in another tab Explore shows as soon as one looks,
// and what is chosen there, once it is known to be a photo, becomes the page's. Answers may come
// late: whatever was chosen last stays.
(() => {
  const last = {};  // paths, by who has them: Gradio tells twice of a change
  let leads = false;  // whether the page is to follow Explore
  let followed;  // path of the page's photo that Explore has asked for
  const changed = (name, photo) => last[name] !== (last[name] = photo?.path);
  Object.assign(window.gecat, {
    exploreChanges(photo, chosen) {
      if (!changed("explore", photo)) return;
      leads = Boolean(photo) && photo.path !== chosen?.path && photo.path !== followed;
      followed = null;
    },
    pageChanges(photo) {
      if (changed("page", photo)) leads = false;
    },
    // What the server is asked with: Explore's photo twice where nothing is to change.
    exploreFollows(photo, chosen) {
      const looked = document.querySelector("#explore-photo")?.offsetParent;
      if (!looked || leads) return [photo, photo];
      followed = chosen?.path;
      return [photo, chosen];
    },
    exploreLeads: (photo, chosen) => [photo, leads ? chosen : photo],
  });
})();
