import type { Plugin } from "vitest/config";

export function writeGenerateWorker(dir: string): Promise<void>;
export function generateWorkerFromSources(): Plugin;
