/** A federated key with its secret, anywhere in a text: `sky_`, twelve characters, a dot, the secret. */
const FEDERATED_KEY = /(\bsky_\w{12})\.[^\s/"'\\,;]+/g;

/** Cuts federated keys in a text to their prefixes. */
export function withoutSecrets(text: string): string {
  return text.replace(FEDERATED_KEY, "$1.…");
}
