import { Hono } from "hono";
import type { AppEnv } from "../env.js";
import { billing } from "./billing.js";
import { clock } from "./clock.js";
import { fidelity } from "./fidelity.js";
import { lifecycle } from "./lifecycle.js";
import { requests } from "./requests.js";
import { rules } from "./rules.js";
import { snapshots } from "./snapshots.js";
import { webhooks } from "./webhooks.js";
import { worlds } from "./worlds.js";

/** The control API, below `/_emulator/`. The app itself adds `openapi.json`. */
export const control = new Hono<AppEnv>();

const parts = [lifecycle, clock, requests, rules, fidelity, billing, webhooks, snapshots, worlds];
for (const part of parts) control.route("/", part);
