import type { openApiDocument } from './document.ts';

export const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
summary { cursor: pointer; padding: .2rem 0 }
code { font-family: ui-monospace, monospace }
pre { overflow-x: auto; padding: .6rem; border: 1px solid #8886 }
.method { display: inline-block; min-width: 4.5rem; font-weight: 600 }
`;

interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: object;
  readonly responses: object;
}

/** The document as a page that needs no script: what each route takes and answers unfolds below its line. */
export function renderDocs(document: ReturnType<typeof openApiDocument>): string {
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, value] of Object.entries(methods)) {
      const operation = value as Operation;
      const group = operation.tags[0] ?? '';
      groups.set(group, [...(groups.get(group) ?? []), operationHtml(method, path, operation)]);
    }
  const sections = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>provision: REST API</title>
<style>${STYLE}</style>
<h1>REST API</h1>
<p>The same as <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.</p>
${sections.map(([name, items]) => `<h2>${escapeHtml(name)}</h2>\n${items.join('\n')}`).join('\n')}
<h2>Schemas</h2>
${Object.entries(document.components.schemas)
  .map(
    ([name, schema]) =>
      `<details id="${escapeHtml(name)}"><summary>${escapeHtml(name)}</summary>${block(schema)}</details>`,
  )
  .join('\n')}
</html>
`;
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const { summary, description, parameters, requestBody, responses } = operation;
  const line = `<span class="method">${escapeHtml(method.toUpperCase())}</span> <code>${escapeHtml(path)}</code> ${escapeHtml(summary)}`;
  const taken = parameters.map(
    ({ name, in: place, required, schema }) =>
      `<li><code>${escapeHtml(name)}</code> (${escapeHtml(place)}${required ? ', required' : ''}) <code>${escapeHtml(JSON.stringify(schema))}</code></li>`,
  );
  return `<details><summary>${line}</summary><p>${escapeHtml(description)}</p>
${taken.length === 0 ? '' : `<ul>${taken.join('')}</ul>`}${requestBody === undefined ? '' : `<p>Body</p>${block(requestBody)}`}<p>Answers</p>${block(responses)}</details>`;
}

function block(value: object): string {
  return `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
