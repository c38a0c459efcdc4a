import type { Readable } from "node:stream";
import { withCallerStack } from "../../client/caller-stack.js";
import type { Fetch } from "../../client/connection.js";
import { readView } from "../../client/view.js";
import type { SeedSource } from "../../index.js";
import { startProcess } from "./child.js";
import {
  type ContainerPlan,
  EMULATOR_PORT,
  type ExposedPort,
  type Running,
  STARTUP_TIMEOUT_MS,
} from "./container-plan.js";
import { loadTestcontainers, startInDocker, type Testcontainers } from "./docker.js";
import { StartedGatewayEmulatorContainer, urlOf } from "./started.js";

/** What `docker build -t gateway-emulator .` makes. */
const DEFAULT_IMAGE = "gateway-emulator";

/** A local server that takes longer is not going to answer. */
const HEALTH_TIMEOUT_MS = 10_000;

/** Variables that are this class's to set, and what to call instead. */
const OWN_VARIABLES: Readonly<Record<string, string>> = {
  GATEWAY_EMULATOR_PORT: "withExposedPorts({ container: 4110, host: <port> })",
  GATEWAY_EMULATOR_HOST: "getHost()",
  GATEWAY_EMULATOR_SEED: "withSeed(<file, folder or object>)",
  GATEWAY_EMULATOR_LOG: "withLogConsumer(<function>), which is given JSON lines",
  GATEWAY_EMULATOR_EXIT_WITH_STDIN: "stop()",
};

/**
 * An emulator for tests, by the builder that users of testcontainers know. It runs as a process of its own on a free
 * port of this machine, with its state in memory, and ends with this process however that ends. No Docker is needed,
 * unless {@link useDocker} asks for it.
 *
 * ```ts
 * await using gateway = await new GatewayEmulatorContainer().withSeed("fixtures/quickstart.yaml").start();
 * gateway.getInferenceUrl();
 * ```
 */
export class GatewayEmulatorContainer {
  readonly #image: string;
  #plan: ContainerPlan = {
    seeds: [],
    environment: {},
    hostPort: null,
    startupTimeoutMs: STARTUP_TIMEOUT_MS,
    logConsumer: null,
  };
  #docker: { readonly testcontainers: Testcontainers | null } | null = null;
  #started = false;

  /** @param image for {@link useDocker} only */
  constructor(image: string = DEFAULT_IMAGE) {
    this.#image = image;
  }

  /** Adds seeds: files (`.yaml`, `.yml`, `.json`), folders of them, or objects. Later ones add to earlier ones. */
  withSeed(seed: SeedSource | readonly SeedSource[]): this {
    return this.#with({ seeds: [this.#plan.seeds, seed].flat() });
  }

  /**
   * Adds variables, such as `GATEWAY_EMULATOR_ACCEPT_BEARER: "1"`; any option of the command line has one.
   * `BASETEN_API_KEY` becomes the workspace key. Those of this process that configure an emulator are not passed on.
   * @throws TypeError for a variable that a method of this class sets
   */
  withEnvironment(environment: Readonly<Record<string, string>>): this {
    for (const [name, instead] of Object.entries(OWN_VARIABLES)) {
      if (name in environment) throw new TypeError(`${name} is not for withEnvironment: use ${instead}`);
    }
    return this.#with({ environment: { ...this.#plan.environment, ...environment } });
  }

  /**
   * The port outside, when it has to be a certain one: `withExposedPorts({ container: 4110, host: 5000 })`. 4110 is
   * exposed in any case.
   * @throws TypeError for another port than 4110 inside
   */
  withExposedPorts(...ports: readonly ExposedPort[]): this {
    for (const port of ports) {
      const inside = typeof port === "number" ? port : port.container;
      if (inside !== EMULATOR_PORT) {
        throw new TypeError(`port ${inside} cannot be exposed: the emulator has one port, ${EMULATOR_PORT}`);
      }
      if (typeof port !== "number") this.#with({ hostPort: port.host });
    }
    return this;
  }

  /** How long {@link start} waits for it to listen, milliseconds; 60,000 when not told. */
  withStartupTimeout(milliseconds: number): this {
    // Node fires a longer timer at once.
    return this.#with({ startupTimeoutMs: Math.min(milliseconds, 2 ** 31 - 1) });
  }

  /** Called with what the emulator writes, before it writes: one JSON object per line and chunk. */
  withLogConsumer(consumer: (stream: Readable) => unknown): this {
    return this.#with({ logConsumer: consumer });
  }

  /**
   * Runs the image in Docker, by the package `testcontainers`, which is looked for when it starts.
   * @param testcontainers the package itself, where it cannot be found from here:
   *   `useDocker(await import("testcontainers"))`
   */
  useDocker(testcontainers: Testcontainers | null = null): this {
    this.#docker = { testcontainers };
    return this;
  }

  /**
   * Starts it and waits until it listens.
   * @throws Error with the emulator's own message when it cannot start, or its last lines when it takes too long
   */
  start(): Promise<StartedGatewayEmulatorContainer> {
    return withCallerStack(this.start, () => this.#start());
  }

  async #start(): Promise<StartedGatewayEmulatorContainer> {
    if (this.#started) throw new Error("start() was called before: make another GatewayEmulatorContainer");
    this.#started = true;
    const running = await this.#run();
    try {
      const health = await readView(
        urlOf(running),
        fetchWithTimeout,
        this.#plan.environment.GATEWAY_EMULATOR_CONTROL_TOKEN,
      );
      return new StartedGatewayEmulatorContainer(running, health.current());
    } catch (cause) {
      await running.stop(0);
      throw cause;
    }
  }

  async #run(): Promise<Running> {
    if (!this.#docker) return startProcess(this.#plan);
    const testcontainers = this.#docker.testcontainers ?? (await loadTestcontainers());
    return startInDocker(this.#plan, this.#image, testcontainers);
  }

  #with(change: Partial<ContainerPlan>): this {
    this.#plan = { ...this.#plan, ...change };
    return this;
  }
}

const fetchWithTimeout: Fetch = (url, init) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
