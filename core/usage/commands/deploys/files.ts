import { derived, hole, type Template } from '../../../image/template.ts';
import type { Span } from '../../../text/span.ts';
import { type YamlValue, yamlValues } from '../../../workflow/yamlValues.ts';
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

/** The settings of a chart's values file which speak of images. */
export function valuesIn(file: RepositoryFile, at: Span): readonly Setting[] {
  return yamlValues(file.text).flatMap(value => {
    // `image.tag`, `web.imageTag`: a `tag` of something else says nothing.
    if (!/image/i.test(value.path.slice(-2).join('.'))) return [];
    return [{ key: value.path.join('.'), value: { template: fileValue(value, file, at), span: at } }];
  });
}
