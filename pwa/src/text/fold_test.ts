import { searchContract } from "#protocol/search_contract.ts";
import { fold, matches } from "./fold.ts";

searchContract((text, wanted) => matches(fold(wanted))(text));
