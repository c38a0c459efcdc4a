import type { Command } from "commander";
import { UserError } from "../user-error.js";

export interface ListenFlags {
  readonly port: string;
  readonly host: string;
  readonly secret?: readonly string[];
  readonly respond?: string;
  readonly delay?: string;
}

export interface CertifyFlags {
  readonly secret: string;
  readonly junit?: string;
}

/** `gateway-emulator webhooks listen` and `webhooks certify <url>`: for people who write a billing receiver. */
export function defineWebhooks(program: Command): void {
  const webhooks = program
    .command("webhooks")
    .summary("watch billing webhooks, and certify a receiver of them")
    .description("Tools for people who write a receiver of billing webhooks.")
    .helpCommand("help [command]", "print the help of a command");
  webhooks
    .command("listen")
    .summary("print every delivery that arrives")
    .description(
      "Receives billing webhooks and prints each: when it came, its ids, whether its signature is right or why " +
        "not, and its events. Answers 200, 401 to a wrong signature, 400 to what is no billing payload; or badly " +
        "on purpose.",
    )
    .option("--port <n>", "port to listen on; 0 picks a free one", "0")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--secret <secret>", "check signatures with it; repeat it during a rotation", append)
    .option("--respond <statuses>", "answer with these, one after the other; the last one from then on")
    .option("--delay <duration>", "wait before every answer, such as 11s")
    .addHelpText("after", LISTEN_HELP)
    .action(listen);
  webhooks
    .command("certify")
    .summary("check that a receiver does everything right")
    .description(
      "Sends a receiver what it has to cope with: valid, tampered, duplicated, reordered, batched and retried " +
        "deliveries, a secret under rotation, unknown fields. Says for each what the receiver did and what it " +
        "should do. The events are made up: their modelSlug is certify/model.",
    )
    .argument("<url>", "the receiver")
    .requiredOption("--secret <secret>", "the signing secret that the receiver knows")
    .option("--junit <file>", "also write the results as JUnit XML")
    .addHelpText("after", CERTIFY_HELP)
    .action(certify);
}

const LISTEN_HELP = `
Examples:
  $ gateway-emulator webhooks listen --port 9999 --secret whsec_test
  $ gateway-emulator webhooks listen --secret whsec_test --respond 500,500,200
  $ gateway-emulator webhooks listen --secret whsec_new --secret whsec_old --delay 11s`;

const CERTIFY_HELP = `
Examples:
  $ gateway-emulator webhooks certify http://127.0.0.1:3000/billing --secret whsec_test
  $ gateway-emulator webhooks certify http://127.0.0.1:3000/billing --secret whsec_test --junit certify.xml

Exit code: 0 when the receiver does everything right, 1 otherwise.`;

function append(secret: string, secrets: readonly string[] = []): string[] {
  return [...secrets, secret];
}

async function listen(flags: ListenFlags): Promise<void> {
  const { runListen } = await import("./listen.js");
  await runListen(flags);
}

async function certify(url: string, flags: CertifyFlags): Promise<void> {
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "")) {
    throw new UserError(`expected a URL such as http://127.0.0.1:3000/billing, got ${JSON.stringify(url)}`);
  }
  if (flags.secret === "")
    throw new UserError("--secret: expected the receiver's signing secret, got nothing");
  const { runCertify } = await import("./certify.js");
  await runCertify(url, flags);
}
