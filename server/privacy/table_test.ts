import { describe, expect, test } from "bun:test";
import { PRIVACY, RELATIONS, SIGNS, SWITCH_OF } from "#protocol/privacy.ts";
import { reaches, relationOf } from "./table.ts";

const BOTH = { showsPresence: true, sendsReceipts: true };

describe("what somebody is to a person", () => {
  test("is nothing where they are no contacts, whoever blocked whom before", () => {
    for (const blocks of [true, false]) {
      for (const blocked of [true, false]) {
        expect(relationOf({ contacts: false, blocks, blocked })).toBe("stranger");
      }
    }
  });

  test("is who they were shut out by, the person's own block first", () => {
    expect(relationOf({ contacts: true, blocks: false, blocked: false })).toBe("contact");
    expect(relationOf({ contacts: true, blocks: true, blocked: false })).toBe("blocked");
    expect(relationOf({ contacts: true, blocks: false, blocked: true })).toBe("blockedBy");
    expect(relationOf({ contacts: true, blocks: true, blocked: true })).toBe("blocked");
  });
});

describe("what reaches them", () => {
  test("is every sign of a contact, and no sign of anybody else", () => {
    for (const relation of RELATIONS) {
      for (const sign of SIGNS) expect(PRIVACY[relation][sign]).toBe(relation === "contact");
    }
  });

  test("is what the table says, where both have the switch on", () => {
    for (const relation of RELATIONS) {
      for (const sign of SIGNS) expect(reaches(sign, relation, BOTH)).toBe(PRIVACY[relation][sign]);
    }
  });

  test("is no sign whose switch one of them has off, and no less of the others", () => {
    for (const off of ["showsPresence", "sendsReceipts"] as const) {
      const both = { ...BOTH, [off]: false };
      const stopped = SIGNS.filter((sign) => !reaches(sign, "contact", both));
      expect(stopped).toEqual(SIGNS.filter((sign) => sign in SWITCH_OF && SWITCH_OF[sign as "read"] === off));
    }
  });

  test("needs the switches to be known, for the signs that have one", () => {
    expect(SIGNS.filter((sign) => reaches(sign, "contact"))).toEqual(["message", "delivered", "push"]);
  });
});
