import type { ObjectId } from 'mongodb';

/** A customer as it is stored, as far as the answers need it. */
export interface CustomerRow {
  _id: ObjectId;
  customerId: string;
  name: string;
  phone?: string;
  wechatId?: string;
  serviceType?: string;
  expectedBudget?: number;
  address?: string;
  leadSource: string;
  leadLevel?: string;
  contractStatus: string;
  status: string;
  assignedTo: ObjectId | null;
  lastFollowUpAt: Date | null;
  nextFollowUpAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  notes?: string;
  restSchedule?: string;
  educationRequirement?: string;
  expectedStartDate?: Date;
  expectedDeliveryDate?: Date;
  homeArea?: number;
  familySize?: number;
  serviceDays?: number;
  ageRequirement?: string;
  genderRequirement?: string;
  originRequirement?: string;
  dealAmount?: number;
  assignedBy: ObjectId | null;
  assignedAt: Date | null;
  assignmentReason?: string;
  createdBy: ObjectId;
  lastFollowUpBy: ObjectId | null;
}

export const LIST_FIELDS = {
  customerId: 1,
  name: 1,
  phone: 1,
  wechatId: 1,
  serviceType: 1,
  expectedBudget: 1,
  address: 1,
  leadSource: 1,
  leadLevel: 1,
  contractStatus: 1,
  status: 1,
  assignedTo: 1,
  lastFollowUpAt: 1,
  nextFollowUpAt: 1,
  createdAt: 1,
  updatedAt: 1,
} as const;

/** The name of a member of staff; empty for no one. */
export type NameOf = (id: ObjectId | null) => string;

export function namesOf(staff: { _id: ObjectId; name: string }[]): NameOf {
  const names = new Map(staff.map(({ _id, name }) => [_id.toHexString(), name]));
  return (id) => (id ? (names.get(id.toHexString()) ?? '') : '');
}

export function success(data: unknown): object {
  return { success: true, message: '操作成功', data, timestamp: Date.now() };
}

export function pageOf(list: object[], total: number, page: number, pageSize: number): object {
  const totalPages = Math.ceil(total / pageSize);
  return { list, total, page, pageSize, totalPages, hasMore: page * pageSize < total };
}

export function listItem(row: CustomerRow, nameOf: NameOf): object {
  return {
    id: row._id.toHexString(),
    customerId: row.customerId,
    name: row.name,
    phone: row.phone ?? null,
    wechatId: row.wechatId ?? null,
    serviceType: row.serviceType ?? null,
    expectedBudget: row.expectedBudget ?? null,
    address: row.address ?? null,
    leadSource: row.leadSource,
    leadLevel: row.leadLevel ?? null,
    contractStatus: row.contractStatus,
    status: row.status,
    assignedTo: row.assignedTo?.toHexString() ?? null,
    assignedToName: nameOf(row.assignedTo),
    lastFollowUpAt: row.lastFollowUpAt?.toISOString() ?? null,
    nextFollowUpAt: row.nextFollowUpAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function detail(row: CustomerRow, nameOf: NameOf): object {
  // not spread, for the reason that the service's own view gives: the floor must not pay for what the service avoids
  return Object.assign(listItem(row, nameOf), {
    notes: row.notes ?? null,
    restSchedule: row.restSchedule ?? null,
    educationRequirement: row.educationRequirement ?? null,
    expectedStartDate: row.expectedStartDate?.toISOString() ?? null,
    expectedDeliveryDate: row.expectedDeliveryDate?.toISOString() ?? null,
    homeArea: row.homeArea ?? null,
    familySize: row.familySize ?? null,
    serviceDays: row.serviceDays ?? null,
    ageRequirement: row.ageRequirement ?? null,
    genderRequirement: row.genderRequirement ?? null,
    originRequirement: row.originRequirement ?? null,
    dealAmount: row.dealAmount ?? null,
    assignedBy: row.assignedBy?.toHexString() ?? null,
    assignedByName: nameOf(row.assignedBy),
    assignedAt: row.assignedAt?.toISOString() ?? null,
    assignmentReason: row.assignmentReason ?? null,
    createdBy: row.createdBy.toHexString(),
    createdByName: nameOf(row.createdBy),
    lastFollowUpBy: row.lastFollowUpBy?.toHexString() ?? null,
    lastFollowUpByName: nameOf(row.lastFollowUpBy),
  });
}
