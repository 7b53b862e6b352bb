import { expect, test } from "bun:test";
import { countryName, guessCountry } from "./country.ts";

test.each([
  [["de-AT", "en"], "AT"],
  [["de"], "DE"],
  [["pt-BR"], "BR"],
  [["en-001", "en-GB"], "GB"],
  [["not a language", "fr-CA"], "CA"],
  [[], null],
])("%j makes %p the guess", (languages, country) => {
  expect(guessCountry(languages)).toBe(country);
});

test("a country is named in the language of the app", () => {
  expect(countryName("AT", "en")).toBe("Austria");
});
