import { isText, listOf, objectOf, wholeNumber } from '../../base/shape.ts';
import type { NamedRoute } from '../directory.ts';

/** Lists are looked through at each try of each message. */
export const maxRoutes = 100;

const isList = listOf(
  objectOf({ from: listOf(isText), to: listOf(isText), minimumAttempts: wholeNumber(0), transport: isText }),
);

/** Routes of an account or domain as they are kept: never empty, and their patterns were checked when they came in. */
export function isRoutes(value: unknown): value is readonly NamedRoute[] {
  return isList(value) && value.length > 0 && value.length <= maxRoutes;
}
