import { describe, expect, test } from "vitest";
import { ResultReceiver } from "./receiver.js";
import {
  CHAIN,
  cancel,
  DEPLOYMENT,
  MODEL,
  NOON,
  onHost,
  settled,
  start,
  statusOf,
  submit,
  submitted,
} from "./support.js";

const after = (seconds: number): string => new Date(Date.parse(NOON) + seconds * 1000).toISOString();

describe("I-5: an async request", () => {
  test("is accepted with 201 and its id, byte for byte", async () => {
    await using gateway = await start();
    const { status, headers, text, body } = await submit(gateway, { prompt: "hi" });
    expect(status).toBe(201);
    expect(text).toBe(`{"request_id":"${body.request_id}"}`);
    expect(body.request_id).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get("x-baseten-request-id")).toBe(body.request_id);
    expect(headers.get("content-type")).toBe("application/json");
  });

  test("its status, byte for byte: in progress while the model works, then SUCCEEDED", async () => {
    await using gateway = await start();
    const id = await submitted(gateway, "slow");
    expect(await settled(gateway, id)).toEqual(["IN_PROGRESS", "NO_WEBHOOK_PROVIDED"]);
    expect(await gateway.clock.advance("60s")).toMatchObject([{ job: `async prediction ${id}` }]);
    expect((await statusOf(gateway, id)).text).toBe(
      `{"request_id":"${id}","model_id":"${MODEL}","deployment_id":"${DEPLOYMENT}","status":"SUCCEEDED",` +
        `"webhook_status":"NO_WEBHOOK_PROVIDED","created_at":"${NOON}","status_at":"${after(60)}","errors":[]}`,
    );
  });

  test("that takes no time is done without moving a frozen clock", async () => {
    await using gateway = await start();
    expect(await settled(gateway, await submitted(gateway, "echo"))).toEqual([
      "SUCCEEDED",
      "NO_WEBHOOK_PROVIDED",
    ]);
  });

  test("goes to the deployment that its path names, and has a place in that one's queue", async () => {
    await using gateway = await start();
    for (const [path, deployment] of [
      ["/production", DEPLOYMENT],
      ["/development", `${MODEL}-development`],
      ["/environments/prod-us", `${MODEL}-prod-us`],
      ["/deployment/dep789", "dep789"],
    ] as const) {
      const id = await submitted(gateway, "slow", {}, path);
      await submitted(gateway, "slow", {}, path);
      await gateway.clock.advance(0);
      expect((await statusOf(gateway, id)).body.deployment_id).toBe(deployment);
      const queue = await onHost(gateway, `model-${MODEL}`, "GET", `${path}/async_queue_status`);
      expect(queue.text).toBe(
        `{"model_id":"${MODEL}","deployment_id":"${deployment}","num_queued_requests":1,"num_in_progress_requests":1}`,
      );
    }
  });

  test("on a regional host has bare paths", async () => {
    await using gateway = await start();
    const host = `model-${MODEL}-prod-us`;
    const options = { body: { model_input: { a: 1 } } };
    const { status, body } = await onHost(gateway, host, "POST", "/async_predict", options);
    expect(status).toBe(201);
    const found = await onHost(gateway, host, "GET", `/async_request/${body.request_id}`);
    expect(found.body.deployment_id).toBe(`${MODEL}-prod-us`);
    const queue = await onHost(gateway, host, "GET", "/async_queue_status");
    expect(queue.body).toMatchObject({ deployment_id: `${MODEL}-prod-us`, num_queued_requests: 0 });
    expect((await onHost(gateway, `model-${MODEL}`, "POST", "/async_predict", options)).status).toBe(404);
  });

  test("of a chain: async_run_remote, with its chain_id in status and result", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    for (const [host, path] of [
      [`chain-${CHAIN}`, "/production"],
      [`chain-${CHAIN}`, "/development"],
      [`chain-${CHAIN}`, "/environments/prod-us"],
      [`chain-${CHAIN}`, "/deployment/dep321"],
      [`chain-${CHAIN}-prod-us`, ""],
    ] as const) {
      const body = { model_input: { a: 1 }, webhook_endpoint: receiver.url };
      const accepted = await onHost(gateway, host, "POST", `${path}/async_run_remote`, { body });
      expect(accepted.status).toBe(201);
      await gateway.clock.advance(0);
      const { request_id } = accepted.body;
      const found = await onHost(gateway, host, "GET", `/async_request/${request_id}`);
      expect(found.body).toMatchObject({ chain_id: CHAIN, status: "SUCCEEDED" });
      expect(found.body).not.toHaveProperty("model_id");
      expect(receiver.received.at(-1)?.body).toMatchObject({ request_id, chain_id: CHAIN, data: { a: 1 } });
      const wrong = await onHost(gateway, host, "POST", `${path}/async_predict`, { body });
      expect(wrong.status).toBe(404);
    }
  });

  test("Y-32: of an unknown id, another model, a chain or another workspace is 404", async () => {
    await using gateway = await start();
    const id = await submitted(gateway, "slow");
    const unknown = await statusOf(gateway, "0".repeat(32));
    expect(unknown.status).toBe(404);
    expect(unknown.text).toBe('{"error":"async request does not exist","error_code":"client_error"}');
    expect((await onHost(gateway, "model-other1", "GET", `/async_request/${id}`)).text).toBe(unknown.text);
    expect((await onHost(gateway, `chain-${CHAIN}`, "GET", `/async_request/${id}`)).text).toBe(unknown.text);
    const rival = { key: "rival.secret-key" };
    expect((await onHost(gateway, "model-rival1", "GET", `/async_request/${id}`, rival)).text).toBe(
      unknown.text,
    );
    expect((await statusOf(gateway, id, rival)).status).toBe(404);
    expect((await statusOf(gateway, id, { key: null })).status).toBe(401);
    expect((await onHost(gateway, `model-${MODEL}`, "DELETE", "/async_request/x")).status).toBe(404);
  });

  test("is kept for one hour after its end, and then gone", async () => {
    await using gateway = await start();
    const id = await submitted(gateway, "slow");
    await gateway.clock.advance("60s");
    await gateway.clock.advance(60 * 60_000 - 1);
    expect((await statusOf(gateway, id)).status).toBe(200);
    await gateway.clock.advance(1);
    expect((await statusOf(gateway, id)).status).toBe(404);
    // One that goes on for longer is not forgotten meanwhile.
    const long = await submitted(gateway, "never");
    await gateway.clock.advance("61m");
    expect((await statusOf(gateway, long)).body.status).toBe("IN_PROGRESS");
  });

  test("a reset forgets all of them, and nothing is sent afterwards", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    const webhook_endpoint = receiver.url;
    const ids = [
      await submitted(gateway, "slow", { webhook_endpoint }),
      await submitted(gateway, "slow", { webhook_endpoint }),
    ];
    await gateway.reset();
    expect(await gateway.clock.advance("1h")).toEqual([]);
    for (const id of ids) expect((await statusOf(gateway, id)).status).toBe(404);
    expect(receiver.received).toEqual([]);
    expect(await settled(gateway, await submitted(gateway, "echo"))).toEqual([
      "SUCCEEDED",
      "NO_WEBHOOK_PROVIDED",
    ]);
  });
});

describe("I-5: the queue", () => {
  const order = async (
    gateway: Awaited<ReturnType<typeof start>>,
    ids: readonly string[],
    seconds: number,
  ) => {
    const finished: string[] = [];
    for (let at = 0; at < seconds; at += 60) {
      for (const { job } of await gateway.clock.advance("60s")) {
        finished.push(...ids.filter((id) => job === `async prediction ${id}`));
      }
    }
    return finished.map((id) => ids.indexOf(id));
  };

  test("lower priority numbers overtake, equal ones keep their order", async () => {
    await using gateway = await start();
    const ids: string[] = [];
    for (const priority of [2, 2, 1, 0, 1, 0]) ids.push(await submitted(gateway, "slow", { priority }));
    // The first had the deployment to itself.
    expect(await order(gateway, ids, 360)).toEqual([0, 3, 5, 2, 4, 1]);
  });

  test("async_concurrency (Y-28) is for each deployment alone", async () => {
    await using gateway = await start({ settings: { async_concurrency: 2 } });
    const count = (path: string) => onHost(gateway, `model-${MODEL}`, "GET", `${path}/async_queue_status`);
    for (let at = 0; at < 5; at++) await submitted(gateway, "slow");
    await submitted(gateway, "slow", {}, "/development");
    await gateway.clock.advance(0);
    const numbers = { num_queued_requests: 3, num_in_progress_requests: 2 };
    expect((await count("/production")).body).toMatchObject(numbers);
    const other = { num_queued_requests: 0, num_in_progress_requests: 1 };
    expect((await count("/development")).body).toMatchObject(other);
    await gateway.seed({ settings: { async_concurrency: 4 } });
    await gateway.clock.advance(0);
    const more = { num_queued_requests: 1, num_in_progress_requests: 4 };
    expect((await count("/production")).body).toMatchObject(more);
  });

  test("who waits too long is EXPIRED, at that very instant, and its webhook is not told (Y-29)", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    await submitted(gateway, "never");
    const fields = { webhook_endpoint: receiver.url, max_time_in_queue_seconds: 10 };
    const id = await submitted(gateway, "slow", fields);
    expect(await gateway.clock.advance(9_999)).toEqual([]);
    expect(await settled(gateway, id)).toEqual(["QUEUED", "PENDING"]);
    expect(await gateway.clock.advance(1)).toMatchObject([{ job: `async request ${id} expires` }]);
    expect(await settled(gateway, id)).toEqual(["EXPIRED", "CANCELED"]);
    expect((await statusOf(gateway, id)).body).toMatchObject({ status_at: after(10), errors: [] });
    await gateway.clock.advance("3h");
    expect(receiver.received).toEqual([]);
  });

  test("expiry goes by each request's own patience, 600 s when it names none", async () => {
    await using gateway = await start();
    await submitted(gateway, "never");
    const patient = await submitted(gateway, "slow");
    const hasty = await submitted(gateway, "slow", { max_time_in_queue_seconds: 20 });
    await gateway.clock.advance("20s");
    expect([(await settled(gateway, hasty))[0], (await settled(gateway, patient))[0]]).toEqual([
      "EXPIRED",
      "QUEUED",
    ]);
    await gateway.clock.advance(580_000 - 1);
    expect((await settled(gateway, patient))[0]).toBe("QUEUED");
    await gateway.clock.advance(1);
    expect((await settled(gateway, patient))[0]).toBe("EXPIRED");
  });

  test("a QUEUED request can be canceled, and never runs", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    await submitted(gateway, "slow");
    const id = await submitted(gateway, "slow", { webhook_endpoint: receiver.url });
    const canceled = await cancel(gateway, id);
    expect(canceled.status).toBe(200);
    expect(canceled.text).toBe(
      `{"request_id":"${id}","canceled":true,"message":"The async request was canceled."}`,
    );
    await gateway.clock.advance("5m");
    expect(await settled(gateway, id)).toEqual(["CANCELED", "CANCELED"]);
    expect((await cancel(gateway, id)).body.canceled).toBe(false);
    expect(receiver.received).toEqual([]);
  });

  test("one IN_PROGRESS, or done, is canceled too late", async () => {
    await using gateway = await start();
    const id = await submitted(gateway, "slow");
    await gateway.clock.advance(0);
    expect((await cancel(gateway, id)).body).toEqual({
      request_id: id,
      canceled: false,
      message: "Only QUEUED async requests can be canceled; this one is IN_PROGRESS.",
    });
    await gateway.clock.advance("60s");
    expect((await cancel(gateway, id)).body).toMatchObject({ canceled: false });
    expect((await settled(gateway, id))[0]).toBe("SUCCEEDED");
  });

  test("while its deployment starts up a request stays QUEUED, and may expire there (Y-29)", async () => {
    await using gateway = await start();
    const path = "/deployment/asleep";
    const hasty = await submitted(gateway, "echo", { max_time_in_queue_seconds: 10 }, path);
    const patient = await submitted(gateway, "echo", {}, path);
    await gateway.clock.advance("29s");
    expect((await settled(gateway, hasty))[0]).toBe("EXPIRED");
    expect((await settled(gateway, patient))[0]).toBe("QUEUED");
    expect(await gateway.clock.advance("1s")).toMatchObject([{ job: "deployment asleep is ready" }]);
    expect((await settled(gateway, patient))[0]).toBe("SUCCEEDED");
  });
});
