import { derived, hole, type Template } from '../../../image/template.ts';
import type { Span } from '../../../text/span.ts';
import { type YamlValue, yamlValues } from '../../../workflow/yamlValues.ts';
import { parseHcl } from '../../bake/parse.ts';
import type { Expression } from '../../bake/syntax.ts';
import type { Item } from '../../usage.ts';
import type { RepositoryFile } from '../command.ts';
import type { Setting } from './settings.ts';

/** What something replaces by the real name first: `__TAG__`, `${TAG}`, `{{ .Values.tag }}`, `IMAGE_TAG`. */
const placeholder = /[${}<>#%\s]|__|^[A-Z][A-Z0-9_-]*$|:[A-Z][A-Z0-9_-]*$|placeholder|replace[-_]?me|change[-_]?me/;

/** A value of a file of the repository, at the place that names the file; a placeholder's real value nobody knows. */
export function fileValue({ text, span }: Pick<YamlValue, 'text' | 'span'>, file: RepositoryFile, at: Span): Template {
  const isUnknown = text !== '' && (file.mayBeWritten || placeholder.test(text));
  const template = isUnknown ? hole(`(a value in ${file.path})`, 'unknown', at) : derived(text, at);
  return template.map(part => ({ ...part, via: [{ path: file.path, span, what: 'a value of this file' }] }));
}

/** Every `image` of a manifest or a task definition. */
export function imagesIn(file: RepositoryFile, at: Span): readonly Item[] {
  return yamlValues(file.text).flatMap(value =>
    value.path.at(-1) === 'image' && value.text !== '' ? [{ template: fileValue(value, file, at), span: at }] : [],
  );
}

/** The settings of a file of Terraform's variables which speak of images. */
export function tfvarsIn(file: RepositoryFile, at: Span): readonly Setting[] {
  return parseHcl(file.path, file.text).blocks.flatMap(({ label, attributes }) => {
    const value = attributes.get('default');
    return value && /image/i.test(label)
      ? texts(label, value).map(([key, text, span]) => ({ key, value: { template: fileValue({ text, span }, file, at), span: at } }))
      : [];
  });
}

/** The texts that a value holds, by the keys that lead to them. */
function texts(key: string, value: Expression): readonly (readonly [key: string, text: string, span: Span])[] {
  if (value.kind === 'object') return value.entries.flatMap(([name, inner]) => texts(`${key}.${keyOf(name)}`, inner));
  const text = value.kind === 'template' ? textOf(value) : undefined;
  return value.kind === 'template' && text !== undefined ? [[key, text, value.span]] : [];
}

function keyOf(name: Expression): string {
  return (name.kind === 'template' ? textOf(name) : undefined) ?? '?';
}

function textOf({ parts }: Extract<Expression, { kind: 'template' }>): string | undefined {
  return parts.every(part => typeof part === 'string') ? parts.join('') : undefined;
}

/** The settings of a chart's values file which speak of images. */
export function valuesIn(file: RepositoryFile, at: Span): readonly Setting[] {
  return yamlValues(file.text).flatMap(value => {
    // `image.tag`, `web.imageTag`: a `tag` of something else says nothing.
    if (!/image/i.test(value.path.slice(-2).join('.'))) return [];
    return [{ key: value.path.join('.'), value: { template: fileValue(value, file, at), span: at } }];
  });
}
