// What a page tries, run in a browser: each function returns what of it brought an answer that the page can read.

/** Every request that a script can make. */
globalThis.tryFetches = async ({ url, key, writes, reads }) => {
  const readable = [];
  const attempt = async (what, path, init) => {
    const response = await fetch(url + path, init).catch(() => null);
    if (response && response.type !== "opaque") readable.push(`${what} ${path} ${response.status}`);
  };
  const attempts = [];
  for (const mode of ["cors", "no-cors"]) {
    for (const credentials of ["omit", "include"]) {
      for (const [path, body] of writes) {
        const post = { method: "POST", mode, credentials };
        const filled = body === "" ? {} : { body };
        const headers = { "Content-Type": "application/json", Authorization: `Api-Key ${key}` };
        attempts.push(
          attempt(`${mode} text`, path, { ...post, ...filled }),
          attempt(`${mode} untyped`, path, { ...post, body: new Blob([body]) }),
          attempt(`${mode} json`, path, { ...post, ...filled, headers }),
          attempt(`${mode} put`, path, { ...post, ...filled, method: "PUT", headers }),
          attempt(`${mode} delete`, path, { ...post, method: "DELETE", headers }),
        );
      }
      for (const path of reads) attempts.push(attempt(`${mode} get`, path, { mode, credentials }));
    }
  }
  await Promise.all(attempts);
  return readable;
};

function made(tag, attributes) {
  return Object.assign(document.createElement(tag), attributes);
}

function settled(element) {
  return new Promise((resolve) => {
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("failed");
    document.body.append(element);
  });
}

/** What a page of another origin sees of a frame is null. */
function textOf(frame) {
  return frame.contentDocument?.body?.textContent ?? "";
}

/** Forms of every type into a frame. As text/plain the field is the body itself, with a harmless tail. */
async function tryForms(url, [path, body], readable) {
  for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    const frame = made("iframe", { name: `${enctype} ${path}` });
    document.body.append(frame);
    const form = made("form", { action: url + path, method: "post", enctype, target: frame.name });
    form.append(made("input", { name: `${body.slice(0, -1)},"x":"`, value: '"}' }));
    document.body.append(form);
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
    });
    form.submit();
    await loaded;
    if (textOf(frame) !== "") readable.push(`form ${path}`);
  }
}

/** Forms, beacons, images, scripts, frames and WebSockets. */
globalThis.tryElements = async ({ url, writes, reads }) => {
  const readable = [];
  for (const [path, body] of writes) navigator.sendBeacon(url + path, body);
  await Promise.all(writes.map((write) => tryForms(url, write, readable)));
  for (const path of reads) {
    if ((await settled(made("img", { src: url + path }))) === "loaded") readable.push(`image ${path}`);
    await settled(made("script", { src: url + path }));
    const frame = made("iframe", { src: url + path });
    await settled(frame);
    if (textOf(frame) !== "") readable.push(`frame ${path}`);
    const socket = new WebSocket(url.replace("http", "ws") + path);
    const opened = await new Promise((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
    if (opened) readable.push(`socket ${path}`);
  }
  return readable;
};

/** Chats, whole and as a stream. */
globalThis.chat = ({ url, key, bodies }) =>
  Promise.all(
    bodies.map(async (body) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { Authorization: `Api-Key ${key}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      const request = response.headers.get("x-emulator-request");
      return { status: response.status, request, text: await response.text() };
    }),
  );

globalThis.health = async ({ url, token }) =>
  (await fetch(`${url}/_emulator/health`, { headers: { "x-emulator-token": token } })).json();
