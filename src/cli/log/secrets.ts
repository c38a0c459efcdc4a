/** A federated key with its secret, wherever somebody put one: `sky_`, twelve characters, a dot, the secret. */
const FEDERATED_KEY = /(\bsky_\w{12})\.[^\s/"'\\,;]+/g;

/** Leaves of federated keys in a text only their prefixes. */
export function withoutSecrets(text: string): string {
  return text.replace(FEDERATED_KEY, "$1.…");
}
