import type { Dialect } from '../sql/dialect.ts';

/** One step of the schema. Numbers go up by one; a step that was released is never changed. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  statements(dialect: Dialect): readonly string[];
}
