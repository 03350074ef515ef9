import type { ApiDocument, JsonSchema, Operation, Parameter } from './document';
import { exampleOf } from './examples';
import { explanation, fieldTable, table, typeOf } from './fields';

export interface Route {
  method: string;
  path: string;
  operation: Operation;
}

const WHERE: Record<Parameter['in'], string> = { path: '路径', query: '查询', header: '请求头' };
const CALLERS: Record<string, string> = {
  public: '公开，不需要令牌',
  'optional-staff': '公开；带员工令牌时内容更多',
  member: '招聘市场会员：令牌，以及请求头 `user_id`',
};
const ROLES: Record<string, string> = {
  admin: '系统管理员',
  manager: '经理',
  employee: '普通员工',
  hr: '面试官',
};

/** The heading under which a route stands: `POST /api/auth/login`. */
export function headingOf({ method, path }: Route): string {
  return `${method.toUpperCase()} ${path}`;
}

/** One route in Markdown: who may call it, what it takes, what it answers, with an example of each. */
export function routeSection(route: Route, document: ApiDocument): string[] {
  const { operation } = route;
  return [
    `## ${headingOf(route)}`,
    '',
    operation.summary ?? '',
    '',
    ...(operation.description ? [operation.description, ''] : []),
    `**谁可以调用**：${callers(operation['x-access'] ?? 'public')}`,
    '',
    ...parameters(operation, document),
    ...requestBody(operation, document),
    ...answer(operation, document),
  ];
}

function callers(access: string): string {
  return (
    CALLERS[access] ??
    access
      .split(' ')
      .map((role) => ROLES[role] ?? role)
      .join('、')
  );
}

function parameters({ parameters: given = [] }: Operation, document: ApiDocument): string[] {
  if (given.length === 0) return [];
  const rows = given.map(({ name, in: where, required, schema, description }) => [
    `\`${name}\``,
    WHERE[where],
    typeOf(schema, document),
    required ? '是' : '',
    explanation({ ...schema, description: description ?? schema.description }),
  ]);
  return ['**参数**', '', ...table(['名称', '位置', '类型', '必填', '说明'], rows), ''];
}

function requestBody({ requestBody: body }: Operation, document: ApiDocument): string[] {
  return Object.entries(body?.content ?? {}).flatMap(([type, { schema }]) => {
    if (!schema) return [];
    const example = type === 'application/json' ? block(exampleOf(schema, document)) : [];
    return [`**请求体**（\`${type}\`）`, '', ...fieldTable(schema, document), '', ...example];
  });
}

function answer({ responses }: Operation, document: ApiDocument): string[] {
  const success = responses['200'];
  const contents = Object.entries(success?.content ?? {});
  const headers = Object.entries(success?.headers ?? {}).map(
    ([name, { description }]) => `- 响应头 \`${name}\`：${description ?? ''}`,
  );
  const json = success?.content?.['application/json']?.schema;
  if (!json) {
    const types = contents.map(([type]) => `\`${type}\``).join('、');
    return [`**返回**：${success?.description ?? ''}${types && `（${types}）`}`, '', ...headers, ''];
  }
  return [
    '**返回**',
    '',
    ...(headers.length > 0 ? [...headers, ''] : []),
    ...dataFields(json, document),
    ...block(exampleOf(json, document)),
  ];
}

/** The envelope is told once, on the first page; here only what is inside. */
function dataFields(envelope: JsonSchema, document: ApiDocument): string[] {
  const data = envelope.properties?.['data'];
  const kinds = (data?.anyOf ?? []).filter(({ properties }) => properties);
  if (kinds.length > 1)
    return kinds.flatMap((kind) => [
      `\`data\` 的字段（${kind.description ?? ''}）：`,
      '',
      ...fieldTable(kind, document),
      '',
    ]);
  const rows = data ? fieldTable(data, document) : [];
  return rows.length > 0 ? ['`data` 的字段：', '', ...rows, ''] : [];
}

function block(json: string): string[] {
  return ['```json', json, '```', ''];
}
