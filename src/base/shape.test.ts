import { expect, expectTypeOf, test } from 'vitest';
import { isFlag, isText, listOf, objectOf, oneOf, optional, wholeNumber } from './shape.ts';
import type { Shaped } from './shape.ts';

const isPerson = objectOf({
  kind: oneOf('person'),
  name: isText,
  age: optional(wholeNumber(0)),
  pets: listOf(objectOf({ name: isText, tame: isFlag })),
});

test('its type is that of the object', () => {
  expectTypeOf<Shaped<typeof isPerson>>().toEqualTypeOf<{
    readonly kind: 'person';
    readonly name: string;
    readonly age?: number | undefined;
    readonly pets: readonly { readonly name: string; readonly tame: boolean }[];
  }>();
});

test.each([
  [{ kind: 'person', name: 'Ada', pets: [] }],
  [{ kind: 'person', name: '', age: 0, pets: [{ name: 'Rex', tame: true }] }],
  [{ kind: 'person', name: 'Ada', pets: [], hair: 'more than we know of' }],
])('%j has the form', (value) => {
  expect(isPerson(value)).toBe(true);
});

test.each([
  [null],
  ['person'],
  [[]],
  [{}],
  [{ kind: 'dog', name: 'Rex', pets: [] }],
  [{ kind: 'person', pets: [] }],
  [{ kind: 'person', name: 1, pets: [] }],
  [{ kind: 'person', name: 'Ada', age: -1, pets: [] }],
  [{ kind: 'person', name: 'Ada', age: 1.5, pets: [] }],
  [{ kind: 'person', name: 'Ada', age: null, pets: [] }],
  [{ kind: 'person', name: 'Ada', pets: {} }],
  [{ kind: 'person', name: 'Ada', pets: [{ name: 'Rex', tame: 'yes' }] }],
])('%j has not', (value) => {
  expect(isPerson(value)).toBe(false);
});

test('what every object inherits is no field', () => {
  expect(objectOf({ constructor: isText })({})).toBe(false);
  expect(objectOf({ toString: optional(isText) })({})).toBe(true);
});
