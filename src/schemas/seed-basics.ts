import * as z from "zod";
import { workspaceSchema } from "./seed-workspace.js";

/** The parts of most seeds. */
export const seedBasics = {
  $schema: z.string(),
  clock: z.iso.datetime({ offset: true }),
  random_seed: z.union([z.int(), z.string()]),
  workspaces: z.array(workspaceSchema),
};
