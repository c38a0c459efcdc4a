import { statSync } from "node:fs";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import type { SeedSource } from "../../index.js";
import {
  type ContainerPlan,
  EMULATOR_PORT,
  type ExposedPort,
  environmentOf,
  type Running,
} from "./container-plan.js";

/** What is used of the package `testcontainers`, as its versions 11 and 12 have it. */
export interface Testcontainers {
  readonly GenericContainer: new (image: string) => GenericContainer;
}

interface GenericContainer {
  withEnvironment(environment: Record<string, string>): this;
  withExposedPorts(...ports: ExposedPort[]): this;
  withStartupTimeout(milliseconds: number): this;
  withLogConsumer(consumer: (stream: Readable) => unknown): this;
  withCopyFilesToContainer(files: { source: string; target: string }[]): this;
  withCopyDirectoriesToContainer(directories: { source: string; target: string }[]): this;
  withCopyContentToContainer(contents: { content: string; target: string }[]): this;
  start(): Promise<StartedContainer>;
}

interface StartedContainer {
  getHost(): string;
  getMappedPort(port: number): number;
  logs(): Promise<Readable>;
  stop(options: { timeout: number }): Promise<unknown>;
}

/** A variable, so that its types are not asked for: few install it. */
const PACKAGE: string = "testcontainers";

/** @throws Error that says how to install it, or why it cannot be loaded */
export async function loadTestcontainers(): Promise<Testcontainers> {
  let module: unknown;
  try {
    module = await import(PACKAGE);
  } catch (cause) {
    throw new Error(
      isMissing(cause)
        ? `useDocker() needs the package ${PACKAGE}: npm i -D ${PACKAGE}`
        : `useDocker() cannot load the package ${PACKAGE}, which may be made for another version of Node: ${cause}`,
      { cause },
    );
  }
  if (isTestcontainers(module)) return module;
  throw new Error(`useDocker() does not know this version of ${PACKAGE}: it has no GenericContainer`);
}

/** By Node, or by Vite, which resolves optional peers itself. */
function isMissing(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return (
    ("code" in cause && cause.code === "ERR_MODULE_NOT_FOUND") || cause.message.includes("Could not resolve")
  );
}

function isTestcontainers(module: unknown): module is Testcontainers {
  return (
    typeof module === "object" &&
    module !== null &&
    "GenericContainer" in module &&
    typeof module.GenericContainer === "function"
  );
}

/** Runs the image, and waits for its health check. */
export async function startInDocker(
  plan: ContainerPlan,
  image: string,
  { GenericContainer }: Testcontainers,
): Promise<Running> {
  const container = new GenericContainer(image)
    .withExposedPorts(
      plan.hostPort === null ? EMULATOR_PORT : { container: EMULATOR_PORT, host: plan.hostPort },
    )
    .withStartupTimeout(plan.startupTimeoutMs)
    .withEnvironment({ ...environmentOf(plan), GATEWAY_EMULATOR_LOG: "json" });
  if (plan.logConsumer) container.withLogConsumer(plan.logConsumer);
  const targets = plan.seeds.map((seed, index) => copyIn(container, seed, index));
  // As PATH has it in there.
  if (targets.length > 0) container.withEnvironment({ GATEWAY_EMULATOR_SEED: targets.join(":") });
  const started = await container.start();
  return {
    host: started.getHost(),
    port: started.getMappedPort(EMULATOR_PORT),
    logs: () => started.logs(),
    async stop(timeoutMs) {
      await started.stop({ timeout: timeoutMs });
    },
  };
}

/** @returns where in the container the seed is */
function copyIn(container: GenericContainer, seed: SeedSource, index: number): string {
  if (typeof seed !== "string") {
    const target = `/seeds/${index}-withSeed.json`;
    container.withCopyContentToContainer([{ content: JSON.stringify(seed), target }]);
    return target;
  }
  // The variable's own separators cannot be part of a name.
  const target = `/seeds/${index}-${basename(seed).replaceAll(/[:,]/g, "_")}`;
  if (statSync(seed).isDirectory()) container.withCopyDirectoriesToContainer([{ source: seed, target }]);
  else container.withCopyFilesToContainer([{ source: seed, target }]);
  return target;
}
