import { describe, expect, test } from "bun:test";
import { BODY_MAX_BYTES, checkBody } from "./http_body.ts";
import { Refusal } from "./problem.ts";

/** "fine", or the code of the refusal. */
function outcomeOf(method: string, headers: Record<string, string>): string {
  try {
    checkBody(new Request("http://parley.test/", { method, headers }));
    return "fine";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe("a body", () => {
  test.each(["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])(
    "of type %p is fine",
    (type) => {
      expect(outcomeOf("POST", { "content-type": type, "content-length": "2" })).toBe("fine");
    },
  );

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "text/plain; x=application/json",
  ])("of type %p is refused: another site could send it without asking", (type) => {
    expect(outcomeOf("POST", { "content-type": type, "content-length": "2" })).toBe("bad_request");
  });

  test("without a type is refused, also when it does not say how long it is", () => {
    expect(outcomeOf("POST", { "content-length": "2" })).toBe("bad_request");
    expect(outcomeOf("POST", { "transfer-encoding": "chunked" })).toBe("bad_request");
  });

  test("that announces too many bytes is refused before it is read", () => {
    const json = { "content-type": "application/json" };
    const most = String(BODY_MAX_BYTES);
    const more = String(BODY_MAX_BYTES + 1);
    expect(outcomeOf("POST", { ...json, "content-length": most })).toBe("fine");
    expect(outcomeOf("POST", { ...json, "content-length": more })).toBe("too_large");
  });
});

test("a request without a body needs no type", () => {
  expect(outcomeOf("DELETE", {})).toBe("fine");
  expect(outcomeOf("POST", { "content-length": "0" })).toBe("fine");
  expect(outcomeOf("GET", {})).toBe("fine");
});
