import type { Command } from "commander";
import { collect } from "../collect.js";
import { UserError } from "../user-error.js";
import type { CertifyFlags } from "./certify.js";
import type { ListenFlags } from "./listen.js";

/** `gateway-emulator webhooks listen` and `webhooks certify <url>`: tools for writing a billing webhook receiver. */
export function defineWebhooks(program: Command): void {
  const webhooks = program
    .command("webhooks")
    .summary("receive billing webhooks, or certify a receiver")
    .description("Tools for writing a receiver of billing webhooks.")
    .addHelpText("after", HELP)
    .helpCommand("help [command]", "print the help of a command");
  webhooks
    .command("listen")
    .summary("print every delivery that arrives")
    .description(
      "Receives billing webhooks and prints each one: time, ids, whether the signature is valid (or why not), and " +
        "events. Answers 200; 401 to a wrong signature; 400 to a body that is not a billing payload. --respond and " +
        "--delay make it misbehave, to test retries.",
    )
    .option("--port <n>", "port to listen on; 0 picks a free one", "0")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--secret <secret>", "check signatures with this secret; repeatable, for a rotation", collect)
    .option("--respond <statuses>", "answer with these statuses in turn; the last one repeats")
    .option("--delay <duration>", "wait before every answer, such as 11s")
    .addHelpText("after", LISTEN_HELP)
    .action(listen);
  webhooks
    .command("certify")
    .summary("check that a receiver handles every kind of delivery")
    .description(
      "Sends a receiver every kind of delivery that it must handle: valid, tampered, duplicated, reordered, batched " +
        "and retried ones, a secret under rotation, unknown fields. Prints for each what the receiver did, and what " +
        "it should do if that was wrong. The events are made up; their modelSlug is certify/model.",
    )
    .argument("<url>", "URL of the receiver")
    .requiredOption("--secret <secret>", "signing secret of the receiver")
    .option("--junit <file>", "also write the results as JUnit XML")
    .addHelpText("after", CERTIFY_HELP)
    .action(certify);
}

const HELP = `
Examples:
  $ gateway-emulator webhooks listen --port 9999 --secret whsec_test
  $ gateway-emulator webhooks certify http://127.0.0.1:3000/billing --secret whsec_test`;

const LISTEN_HELP = `
Examples:
  $ gateway-emulator webhooks listen --port 9999 --secret whsec_test
  $ gateway-emulator webhooks listen --secret whsec_test --respond 500,500,200
  $ gateway-emulator webhooks listen --secret whsec_new --secret whsec_old --delay 11s`;

const CERTIFY_HELP = `
Examples:
  $ gateway-emulator webhooks certify http://127.0.0.1:3000/billing --secret whsec_test
  $ gateway-emulator webhooks certify http://127.0.0.1:3000/billing --secret whsec_test --junit certify.xml

Exit code: 0 when all cases pass, otherwise 1.`;

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
