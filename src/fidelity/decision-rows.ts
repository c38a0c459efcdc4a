/** The decisions with X ids, with their evidence. Decisions with Y ids are in `docs/decisions.md` only. */

import { DECISIONS } from "./decisions/index.js";
import type { Evidence, FidelityChapter, FidelityRow, TestReference } from "./row.js";
import { SOURCE } from "./sources.js";
import { testsIn } from "./tests.js";

const KEYS = testsIn("http/chat-keys.test.ts");
const ERRORS = testsIn("http/chat-errors.test.ts");
const VALUES = testsIn("http/chat-values.test.ts");
const STREAM = testsIn("http/chat-stream.test.ts");
const REPLIES = testsIn("http/chat-replies.test.ts");
const MODELS = testsIn("http/models.test.ts");
const HOSTS = testsIn("http/hosts.test.ts");

const SEVERAL = `${SOURCE.measurement}; ${SOURCE.recordings}`;

/** @param note which part of the answer is a guess */
function decided(
  clause: string,
  evidence: Evidence,
  source: string,
  test: TestReference,
  note?: string,
): FidelityRow {
  const what = decisionText(clause);
  return { clause, what, evidence, source, state: "emulated", ...(note ? { note } : {}), test };
}

/** A decision that is emulated only in part. @param note why */
function decidedInPart(clause: string, source: string, test: TestReference, note: string): FidelityRow {
  return { clause, what: decisionText(clause), evidence: "ours", source, state: "partly", note, test };
}

function decisionText(clause: string): string {
  const row = DECISIONS.find(({ id }) => id === clause);
  return row ? `${row.question}: ${row.answer}` : "";
}

export const DECISION_CHAPTER: FidelityChapter = {
  title: "Decisions where sources are silent or disagree",
  rows: [
    decided(
      "X-1",
      "documented",
      SOURCE.gatewayKeys,
      KEYS("a federated key as Bearer is refused, and the hint says what to set (X-1)"),
      "Two measured white-label gateways accept Bearer: accept_bearer. Ours: the body of the refusal",
    ),
    decided("X-2", "observed", SEVERAL, KEYS("a wrong key is 403, in exactly 50 bytes (X-2)")),
    decided(
      "X-3",
      "observed",
      `${SOURCE.secondWhiteLabel}; a public client`,
      KEYS("no header at all is 401 with the same body (X-3)"),
      "Ours: the newline",
    ),
    decided(
      "X-4",
      "observed",
      `${SOURCE.measurement}; ${SOURCE.aiSdk}`,
      testsIn("clients/openai.test.ts")("an unknown model is a NotFoundError (X-4)"),
      "Ours: the newline, and a slug without an endpoint",
    ),
    decided(
      "X-5",
      "observed",
      SOURCE.measurement,
      ERRORS("a streamed request gets the same error, not a stream"),
      "Measured only for {}. Ours: all other bodies, and the newline",
    ),
    decided(
      "X-6",
      "observed",
      SOURCE.whiteLabelClient,
      ERRORS("429 with the observed text; the hint says which limit and until when"),
      "Seen only through a client: no 429 was captured",
    ),
    decided(
      "X-7",
      "observed",
      SOURCE.measurement,
      testsIn("clients/openai-faults.test.ts")("body, key and slug before faults"),
      "Ours: the position of limits and faults",
    ),
    decided(
      "X-8",
      "observed",
      SEVERAL,
      VALUES("nested: indented with tabs, a newline, all headers of the model server"),
      "In the service the model server determines the shape; here all models have the same",
    ),
    decided(
      "X-9",
      "observed",
      SOURCE.measurement,
      VALUES("nested: indented with tabs, a newline, all headers of the model server"),
      "The API description says 0 to 4",
    ),
    decided(
      "X-10",
      "observed",
      `${SOURCE.measurement}; ${SOURCE.secondWhiteLabel}`,
      VALUES("unknown fields are ignored, and noted in the journal"),
      "Real model servers differ, and the API description forbids them",
    ),
    decided("X-11", "observed", SEVERAL, STREAM("is this, byte for byte")),
    decided(
      "X-12",
      "documented",
      SOURCE.chat,
      testsIn("domain/completion/stream.test.ts")("include_usage false drops the usage chunk"),
      "A white-label gateway's documents say that include_usage: false does not drop it",
    ),
    decided(
      "X-13",
      "documented",
      SOURCE.errors,
      VALUES("413 by the announced length; the limit itself still fits"),
      "The limit is documented. Ours: the body",
    ),
    decidedInPart(
      "X-14",
      SOURCE.own,
      testsIn("scenarios/tokenizer.test.ts")(
        "a real one counts as the library does, plus the framing of a message",
      ),
      "Real models use their own tokenizers",
    ),
    decidedInPart(
      "X-15",
      SOURCE.own,
      REPLIES("a rule sets exact counts, cached and reasoning tokens too"),
      "No prompt cache is emulated",
    ),
    decided(
      "X-16",
      "documented",
      SOURCE.groups,
      KEYS("deleting a group ends the keys of its whole subtree (G-9)"),
      "It is documented that such keys are revoked",
    ),
    decided(
      "X-17",
      "documented",
      SOURCE.inferenceSpec,
      KEYS("it calls every slug of its workspace, and none of another"),
      "Documented for Model APIs. Ours: without limits and billing events",
    ),
    decided("X-18", "unknown", SOURCE.silent, HOSTS("405 says what is allowed"), "Every body is a guess"),
    decided(
      "X-19",
      "documented",
      SOURCE.gatewayLimits,
      testsIn("domain/limits/effective.test.ts")(
        "L-7: john inherits free-tier's 100M, and its 150M once it is raised",
      ),
      "One place in the documents says so, another shows otherwise",
    ),
    decided(
      "X-20",
      "documented",
      SOURCE.endpoints,
      testsIn("http/management/endpoints.test.ts")(
        "E-10: PATCH slug renames: the new one routes, the old one no longer",
      ),
      "A newer API description says immutable",
    ),
    decided(
      "X-21",
      "documented",
      SOURCE.groups,
      testsIn("http/management/groups.test.ts")(
        "G-3, X-21: usage limits are TOKEN or REQUEST per DAY, at most one of each",
      ),
      "A newer API description allows 0",
    ),
    decided(
      "X-22",
      "ours",
      SOURCE.own,
      REPLIES("the same seed and the same calls give the same bytes, also after a reset"),
    ),
    decided(
      "X-23",
      "observed",
      SOURCE.measurement,
      MODELS("a wrong key: 403 with the body of chat"),
      "Both statuses and the text of the 401 were measured. Ours: the body of the 403",
    ),
    decided(
      "X-24",
      "documented",
      `${SOURCE.models}, ${SOURCE.managementSpec}`,
      HOSTS("the management host never answers the catalogue, and speaks its own dialect"),
      "Ours: what the plain host answers",
    ),
  ],
};
