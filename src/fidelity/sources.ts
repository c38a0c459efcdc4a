/** Sources of claims: public addresses, without `https://`. */
export const SOURCE = {
  // The vendor's documents
  groups: "docs.baseten.co/reference/gateway/groups",
  endpoints: "docs.baseten.co/reference/gateway/endpoints",
  groupKeys: "docs.baseten.co/reference/gateway/api-keys",
  webhookReference: "docs.baseten.co/reference/gateway/billing-webhooks",
  gateway: "docs.baseten.co/frontier-gateway/overview",
  gatewayEndpoints: "docs.baseten.co/frontier-gateway/endpoints",
  gatewayKeys: "docs.baseten.co/frontier-gateway/api-keys",
  gatewayLimits: "docs.baseten.co/frontier-gateway/rate-limits",
  gatewayWebhooks: "docs.baseten.co/frontier-gateway/billing-webhooks",
  managementRates: "docs.baseten.co/reference/management-api/rate-limits",
  workspaceKeys: "docs.baseten.co/organization/api-keys",
  chat: "docs.baseten.co/reference/inference-api/chat-completions",
  models: "docs.baseten.co/reference/inference-api/models",
  messages: "docs.baseten.co/reference/inference-api/messages",
  inference: "docs.baseten.co/reference/inference-api/overview",
  errors: "docs.baseten.co/inference/errors",
  troubleshooting: "docs.baseten.co/troubleshooting/inference",
  asyncInference: "docs.baseten.co/inference/async",
  structuredOutputs: "docs.baseten.co/inference/structured-outputs",
  functionCalling: "docs.baseten.co/inference/function-calling",
  reasoning: "docs.baseten.co/inference/model-apis/reasoning",
  modelApiLimits: "docs.baseten.co/inference/model-apis/rate-limits-and-budgets",
  // The vendor's API descriptions
  managementSpec: "api.baseten.co/v1/spec",
  inferenceSpec: "api.baseten.co/inference-spec",
  // Traffic, measurements, clients
  recordings: "recorded traffic: github.com/maruel/genai",
  measurement: "a measured white-label gateway: github.com/RarogCmex/pi-poolside",
  whiteLabelClient: "a white-label gateway's client: github.com/poolsideai/pool, issue 25",
  secondWhiteLabel: "documents of a second white-label gateway: api.subconscious.dev",
  switchTests: "github.com/basetenlabs/baseten-switch",
  commandLine: "github.com/basetenlabs/baseten-cli",
  goClient: "github.com/basetenlabs/baseten-go",
  truss: "github.com/basetenlabs/truss",
  langchain: "github.com/basetenlabs/langchain-baseten",
  aiSdk: "github.com/vercel/ai, packages/baseten",
  clientTests: "tests of third-party clients",
  npm: "the package as published on npm",
  pypi: "the package as published on PyPI",
  // Cloudflare
  cloudflareProvider: "developers.cloudflare.com/ai-gateway/usage/providers/baseten",
  cloudflareUnified: "developers.cloudflare.com/ai-gateway/usage/chat-completion",
  cloudflareAuth: "developers.cloudflare.com/ai-gateway/configuration/authentication",
  cloudflareStoredKeys: "developers.cloudflare.com/ai-gateway/configuration/bring-your-own-keys",
  cloudflare: "developers.cloudflare.com/ai-gateway",
  cloudflareErrors: "error bodies in clients' fixtures",
  // None
  silent: "no source",
  own: "a promise of the emulator",
} as const;

/** The row of `docs/decisions.md` that decides what no source says. */
export function decidedBy(id: string): string {
  return `decision ${id}`;
}
