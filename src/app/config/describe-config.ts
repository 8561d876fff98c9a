import { z } from 'zod';

import { configSchema } from './config-schema.ts';

/** The part of JSON Schema that zod makes of posthorn.yaml. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
}

/** JSON Schema of posthorn.yaml, for editors. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  return { title: 'posthorn.yaml', ...schema };
}

/** One key of the configuration. */
export interface KeyFacts {
  readonly key: string;
  readonly type: string;
  readonly required: boolean;
  readonly default: unknown;
  readonly meaning: string;
}

/** Every key with type, default and meaning, in the order of the schema. */
export function describeConfig(): readonly KeyFacts[] {
  return [...keysOf(configJsonSchema() as JsonSchema, '')];
}

function* keysOf(schema: JsonSchema, prefix: string): Iterable<KeyFacts> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    // A key that is only there to be refused with a text of its own.
    if (property.description === undefined) continue;
    const key = prefix + name;
    const required = schema.required?.includes(name) ?? false;
    yield {
      key,
      type: typeName(property),
      required,
      default: property.default ?? null,
      meaning: property.description ?? '',
    };
    yield* keysOf(property, `${key}.`);
    if (property.items?.properties) yield* keysOf(property.items, `${key}[].`);
    const { additionalProperties: each } = property;
    if (typeof each === 'object' && each.properties) yield* keysOf(each, `${key}.NAME.`);
  }
}

function typeName(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.type === 'array') return schema.items?.properties ? 'list' : `list of ${typeName(schema.items ?? {})}`;
  if (schema.type === 'object') return 'section';
  return schema.type ?? 'any';
}

/** For people. */
export function printDescription(keys: readonly KeyFacts[]): string {
  return keys
    .map((facts) => {
      const value = facts.required
        ? 'needed'
        : facts.default === null
          ? 'optional'
          : `default ${JSON.stringify(facts.default)}`;
      const indent = '  '.repeat(facts.key.split('.').length - 1);
      const shown = facts.type === 'section' || facts.type === 'list' ? '' : ` ${facts.type}, ${value}`;
      return `${indent}${facts.key}:${shown}\n${indent}    ${facts.meaning}`;
    })
    .join('\n');
}
