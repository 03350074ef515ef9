import type { OpenAPIObject } from '@nestjs/swagger';

/** What a field of this name may hold, for those whose schema says nothing of its own; of a list, one entry. */
const EXAMPLES: Record<string, string> = {
  address: '上海市黄浦区南京东路 100 号',
  assignedBy: '6650f3b2a4d1c2e8f0a1b2c3',
  assignedByName: '陈立',
  attendance_leave: '月休 4 天',
  author: '李静',
  basic_protection: '社保',
  company_name: '望江楼餐饮',
  contentRaw: '<p>孩子发烧时先量体温。</p>',
  coverUrl: 'https://cdn.example.cn/articles/cover.jpg',
  createdBy: '6650f3b2a4d1c2e8f0a1b2c3',
  customerId: '6650f3b2a4d1c2e8f0a1b2c4',
  date: '2027-01-15',
  description: '照顾过三个月大的宝宝，会做辅食',
  environment: 'production',
  event: 'page_view',
  fileName: 'id-card-front.jpg',
  id: '6650f3b2a4d1c2e8f0a1b2c3',
  imageUrl: 'https://cdn.example.cn/banners/spring.jpg',
  imageUrls: 'https://cdn.example.cn/articles/1.jpg',
  label: '月嫂',
  lastFollowUpByName: '李静',
  linkUrl: '/pages/articles/detail?id=6650f3b2a4d1c2e8f0a1b2c5',
  message: '手机号已存在',
  msgid: '3019237461',
  newAssignedTo: '6650f3b2a4d1c2e8f0a1b2c6',
  pathname: '/h5/interview',
  photo_urls: 'https://cdn.example.cn/job/1.jpg',
  photos: 'https://cdn.example.cn/work/1.jpg',
  reason: '照片不清楚，请重新上传',
  referrer: 'https://servicewechat.com/',
  requestId: '01J9Z8Q6W3T5',
  reviewedBy: '6650f3b2a4d1c2e8f0a1b2c3',
  salary_benefits: '包吃住',
  serviceArea: '浦东新区',
  skills: 'chanhou',
  source: '家政周刊',
  startDate: '2022-03',
  status: 'available',
  summary: '宝宝发烧时该怎么办',
  tags: '育儿',
  take_down_reason: '内容含有虚假信息',
  templateId: 'tmpl_customer',
  url: 'https://h5.example.cn/h5/interview?roomId=room_1',
  userAgent: 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50',
  value: 'yuesao',
  words: '赵晓敏',
};

interface FieldSchema {
  type?: string | string[];
  format?: string;
  example?: unknown;
  properties?: Record<string, FieldSchema>;
  items?: FieldSchema;
}

/** Gives each text without an example, a format or a list of values one that means something. */
export function addFieldExamples(document: OpenAPIObject): OpenAPIObject {
  visit(document);
  return document;
}

function visit(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, field] of Object.entries((node as FieldSchema).properties ?? {})) addExample(name, field);
  for (const below of Object.values(node)) visit(below);
}

function addExample(name: string, field: FieldSchema): void {
  const example = EXAMPLES[name];
  const text = field.type === 'array' ? field.items : field;
  if (example === undefined || field.example !== undefined || text?.type !== 'string') return;
  if (!['example', 'enum', 'const', 'format', 'default'].some((key) => key in text)) text.example = example;
}
