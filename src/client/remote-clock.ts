import type { ClockView, FiredJob } from "../services/time.js";
import { methodsWithCallerStack } from "./faces-at-caller.js";
import type { ClockApi } from "./faces-clock.js";
import type { ControlClient } from "./remote-control-client.js";

interface Moved {
  readonly fired: readonly { readonly at: string; readonly job: string }[];
}

/** The clock of a world elsewhere. @throws ControlError from every member */
export function clockAt(client: ControlClient): ClockApi {
  return methodsWithCallerStack<ClockApi>({
    async read() {
      const { now, mode, frozen, offset_ms } = await client.get<ClockView>("clock");
      return { now, mode, frozen, offset_ms };
    },
    async freeze() {
      await client.post("clock", { freeze: true });
    },
    set: async (time) => firedOf(await client.post("clock", { set: time })),
    async real() {
      await client.post("clock", { real: true });
    },
    advance: async (by) => firedOf(await client.post("clock/advance", typeof by === "object" ? by : { by })),
  });
}

function firedOf({ fired }: Moved): readonly FiredJob[] {
  return fired.map(({ at, job }) => ({ at: Date.parse(at), job }));
}
