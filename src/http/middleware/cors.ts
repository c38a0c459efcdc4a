/** How long a browser may remember what a preflight answered, seconds. */
const PREFLIGHT_SECONDS = "600";

/** The answer to a browser that asks whether a page may send a request, which is not sent yet (Y-61). */
export function preflightAnswer(request: Request, origin: string): Response {
  const asked = request.headers;
  const headers: Record<string, string> = {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Methods": asked.get("Access-Control-Request-Method") ?? "",
    // A `*` would not cover Authorization.
    "Access-Control-Allow-Headers": asked.get("Access-Control-Request-Headers") ?? "",
    "Access-Control-Max-Age": PREFLIGHT_SECONDS,
    Vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
  };
  if (asked.get("Access-Control-Request-Private-Network") === "true") {
    headers["Access-Control-Allow-Private-Network"] = "true";
  }
  return new Response(null, { status: 204, headers });
}

/**
 * Adds to an answer what lets a page of this origin read it: the body, and all headers, such as `x-emulator-*` and those
 * of the rate limits. Without credentials, which are cookies here: keys go in headers.
 */
export function allowReading(headers: Record<string, string>, origin: string): void {
  headers["Access-Control-Allow-Origin"] = origin;
  headers["Access-Control-Expose-Headers"] = "*";
  const vary = headers.Vary;
  if (vary === undefined) headers.Vary = "Origin";
  else if (!/\borigin\b/i.test(vary)) headers.Vary = `${vary}, Origin`;
}
