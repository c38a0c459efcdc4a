import OpenAI from "openai";

/** The code under test: an assistant that answers by the gateway, and looks orders up when the model asks. */
export class Assistant {
  readonly #openai: OpenAI;

  constructor(gateway: { baseURL: string; key: string; maxRetries?: number }) {
    this.#openai = new OpenAI({
      baseURL: gateway.baseURL,
      apiKey: gateway.key,
      // The gateway takes federated keys as Api-Key, not as Bearer.
      defaultHeaders: { Authorization: `Api-Key ${gateway.key}` },
      maxRetries: gateway.maxRetries ?? 0,
    });
  }

  /** @param lookUp called with the number of an order that the model wants to know about */
  async ask(question: string, lookUp: (id: number) => string = () => "unknown"): Promise<string> {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: question }];
    for (;;) {
      const { choices } = await this.#openai.chat.completions.create({
        model: "acme/llama",
        messages,
        tools: TOOLS,
      });
      const message = choices[0]?.message;
      if (!message?.tool_calls?.length) return message?.content ?? "";
      messages.push(message);
      for (const call of message.tool_calls) {
        if (call.type !== "function") continue;
        const { id } = JSON.parse(call.function.arguments);
        messages.push({ role: "tool", tool_call_id: call.id, content: lookUp(id) });
      }
    }
  }

  /** The answer piece by piece. */
  async *stream(question: string): AsyncGenerator<string> {
    const chunks = await this.#openai.chat.completions.create({
      model: "acme/llama",
      messages: [{ role: "user", content: question }],
      stream: true,
    });
    for await (const { choices } of chunks) {
      const text = choices[0]?.delta.content;
      if (text) yield text;
    }
  }
}

const TOOLS: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "lookup_order",
      parameters: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
    },
  },
];
