/**
 * A request names where it goes by its path and its Host header, and anybody can write nonsense into both. Everything behind
 * this reads the address as a URL, so one that is none is refused first.
 */
import { Elysia } from "elysia";
import { Refusal } from "./problem.ts";

/** Refuses requests without a readable address. Global, and before all other checks. */
export function addressCheck() {
  return new Elysia({ name: "address" }).onRequest(({ request }) => {
    if (!URL.canParse(request.url)) throw new Refusal("bad_request");
  });
}
