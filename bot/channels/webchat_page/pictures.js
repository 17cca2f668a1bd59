// What the chat page needs for pictures, fetched with the first of them: most conversations have none.
const PATIENCE = 60000;   // ms for one picture on a village's network

// A picture that goes out is made small here; where the browser can not, it goes as it is.
export async function smaller(file) {
  const picture = await createImageBitmap(file), scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  canvas.width = picture.width * scale;
  canvas.height = picture.height * scale;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", .85));
}

// One that a person sent: its place is kept free, so that nothing jumps when it comes; it is asked for with the visitor's own token.
export function show(line, message, token, texts) {
  const image = document.createElement("img"), again = document.createElement("button");
  image.className = "sent";
  image.alt = texts.pictureAlt;
  image.width = message.picture.width;
  image.height = message.picture.height;
  again.type = "button";
  again.className = "again";
  again.textContent = texts.pictureAgain;
  again.hidden = true;
  again.addEventListener("click", fetchIt);
  line.append(image, again);
  const main = document.querySelector("main");
  if (main.scrollHeight - main.scrollTop - main.clientHeight < 160 + image.offsetHeight) line.scrollIntoView({ block: line.offsetHeight > main.clientHeight ? "start" : "end" });
  return fetchIt();

  async function fetchIt() {
    again.hidden = true;
    const late = new AbortController(), timer = setTimeout(() => late.abort(), PATIENCE);
    try {
      const response = await fetch(`/chat/shown/${message.id}`, { headers: { Authorization: `Bearer ${token}` }, signal: late.signal, cache: "no-store" });
      if (response.status === 410 || response.status === 401) { image.remove(); again.remove(); line.append(texts.pictureGone); return; }
      if (!response.ok) throw new Error(response.status);
      image.src = await readable(await response.blob());
    } catch { again.hidden = false; }
    clearTimeout(timer);
  }
}

function readable(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = failed;
    reader.readAsDataURL(blob);
  });
}
