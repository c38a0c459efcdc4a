import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

export const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));
/** What the types of a Node project need. */
const NODE_TYPES = ["@types/node", "undici-types"];

/** What of package.json these tests read. */
export interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(CHECKOUT, "package.json"), "utf8"));
}

/** What a command said. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

/**
 * A project that has installed the packed package: the tarball is unpacked into its `node_modules`, and the packages
 * that an install would fetch are links to this checkout's, so that nothing is downloaded or compiled.
 */
export class Project implements AsyncDisposable {
  readonly folder: string;
  /** What the tarball holds. */
  readonly packed: readonly string[];

  private constructor(folder: string, packed: readonly string[]) {
    this.folder = folder;
    this.packed = packed;
  }

  /** @param extra packages that the project depends on besides */
  static async create(extra: readonly string[] = []): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-package-"));
    const installed = join(folder, "node_modules", "gateway-emulator");
    await mkdir(installed, { recursive: true });
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
    const { stdout } = await run("npm", pack, { cwd: CHECKOUT, shell: process.platform === "win32" });
    const [tarball]: [{ filename: string; files: { path: string }[] }] = JSON.parse(stdout);
    await run("tar", ["-xzf", tarball.filename, "-C", installed, "--strip-components=1"], { cwd: folder });
    await rm(join(folder, tarball.filename));
    const { dependencies, optionalDependencies } = await manifest();
    const fetched = Object.keys({ ...dependencies, ...optionalDependencies });
    for (const name of [...fetched, ...NODE_TYPES, ...extra]) {
      const link = join(folder, "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(CHECKOUT, "node_modules", name), link, "junction");
    }
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "user", type: "module" }));
    return new Project(
      folder,
      tarball.files.map(({ path }) => path),
    );
  }

  /** @param path relative to the project */
  write(path: string, content: string | object): Promise<void> {
    return writeFile(
      join(this.folder, path),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }

  /** A file of the installed package. */
  installed(path: string): string {
    return join(this.folder, "node_modules", "gateway-emulator", path);
  }

  node(...args: readonly string[]): Promise<Finished> {
    return finish(process.execPath, args, this.folder);
  }

  /** @param tsconfig relative to the project */
  tsc(tsconfig: string): Promise<Finished> {
    return this.node(join(CHECKOUT, "node_modules", "typescript", "bin", "tsc"), "-p", tsconfig);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function finish(command: string, args: readonly string[], cwd: string): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}
