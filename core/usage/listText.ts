/**
 * How tools take a list apart that they are given as one text. Each function is the tool's own splitting, for a text that is known as a
 * whole.
 */

/**
 * One record of comma-separated values: a field that begins with `"` keeps its commas and loses its quotes. As csv-parse with
 * `relaxQuotes`, and Go's encoding/csv with `LazyQuotes`, read it.
 */
export function csvFields(record: string): readonly string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < record.length; at++) {
    const character = record[at] as string;
    if (quoted) {
      if (character !== '"') field += character;
      else if (record[at + 1] === '"') {
        field += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === ',') {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field];
}

/** Lines without white space around them, empty ones left out: docker/actions-toolkit, src/util.ts, `getList` with `ignoreComma`. */
export function lineItems(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap(line => csvFields(line).join(',').trim() || []);
}

/** Items at line breaks and commas; the same `getList` without `ignoreComma`: in a record of one field even quotes do not keep a comma. */
export function commaItems(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap(line => {
    const fields = csvFields(line);
    const [only = ''] = fields;
    return (fields.length === 1 ? only.split(',') : fields).flatMap(item => item.trim() || []);
  });
}

/** Items at commas alone, as they stand: `oras push REPO:a,b`, `ko build --tags a,b`, and inputs that say “comma-separated”. */
export function plainCommaItems(text: string): readonly string[] {
  return text.split(',').flatMap(item => item.trim() || []);
}

/** Words, as redhat-actions read `tags`. */
export function wordItems(text: string): readonly string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

/**
 * A row of docker/metadata-action (src/tag.ts, `Parse`): fields by comma, each split at `=` of which the first two pieces count, keys in lower
 * case, a field without `=` is `value`; of equal keys the later wins.
 */
export function rowAttributes(row: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const field of csvFields(row)) {
    const [first = '', second] = field.split('=').map(piece => piece.trim());
    if (second === undefined) found.set('value', first);
    else found.set(first.toLowerCase(), second);
  }
  return found;
}

/** An option of BuildKit (`--output`, `--cache-to`; buildx, util/buildflags): `key=value` by comma, of equal keys the later wins. A field alone has an empty value. */
export function optionAttributes(option: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const field of csvFields(option)) {
    const at = field.indexOf('=');
    const key = (at < 0 ? field : field.slice(0, at)).trim().toLowerCase();
    found.set(key, at < 0 ? '' : field.slice(at + 1));
  }
  return found;
}

/** `helm --set a=1,b=2` (helm, pkg/strvals): `\` takes the meaning from the next character, and `{a,b}` is one value. */
export function helmItems(text: string): readonly string[] {
  const items: string[] = [];
  let item = '';
  let inList = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\\' && at + 1 < text.length) item += text[++at];
    else if (character === ',' && !inList) {
      items.push(item);
      item = '';
    } else {
      if (character === '{' && item.endsWith('=')) inList = true;
      if (character === '}') inList = false;
      item += character;
    }
  }
  return [...items, item].filter(one => one !== '');
}
