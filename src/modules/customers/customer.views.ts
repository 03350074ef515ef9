import { z } from 'zod';
import type { StaffDirectory } from '../users/staff-directory';
import { CONTRACT_STATUSES, STAGES } from './customer.enums';
import type { Customer } from './customer.schema';

const time = z.iso.datetime().nullable();
const optionalText = z.string().nullable();
const optionalNumber = z.number().nullable();

export const customerListItem = z.strictObject({
  id: z.string().meta({ example: '66f1a2b3c4d5e6f708192a3b' }),
  customerId: z.string().meta({ example: 'CUS00000000042' }),
  name: z.string().meta({ example: '张女士' }),
  phone: optionalText.meta({ example: '13800138000' }),
  wechatId: optionalText,
  serviceType: optionalText.meta({ example: '月嫂' }),
  expectedBudget: optionalNumber.meta({ example: 8000 }),
  address: optionalText,
  leadSource: z.string().meta({ example: '小红书' }),
  leadLevel: optionalText.meta({ example: 'A类' }),
  contractStatus: z.enum(CONTRACT_STATUSES).meta({ example: '待定' }),
  status: z.enum(STAGES).meta({ example: 'new' }),
  assignedTo: optionalText.meta({ example: '66f1a2b3c4d5e6f708192a3c' }),
  assignedToName: z.string().meta({ example: '李静' }),
  lastFollowUpAt: time,
  nextFollowUpAt: time,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type CustomerListItem = z.infer<typeof customerListItem>;

export const customerDetail = customerListItem.extend({
  notes: optionalText,
  restSchedule: optionalText,
  educationRequirement: optionalText,
  expectedStartDate: time,
  expectedDeliveryDate: time,
  homeArea: optionalNumber,
  familySize: optionalNumber,
  serviceDays: optionalNumber,
  ageRequirement: optionalText,
  genderRequirement: optionalText,
  originRequirement: optionalText,
  dealAmount: optionalNumber,
  assignedBy: optionalText,
  assignedByName: z.string(),
  assignedAt: time,
  assignmentReason: optionalText,
  createdBy: z.string(),
  createdByName: z.string().meta({ example: '李静' }),
  lastFollowUpBy: optionalText,
  lastFollowUpByName: z.string(),
});
export type CustomerDetail = z.infer<typeof customerDetail>;

/** What a list reads; the rest of a customer is of interest on its own page only. */
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
export const DETAIL_FIELDS = { searchTerms: 0 } as const;

export type ListedCustomer = Pick<Customer, '_id' | keyof typeof LIST_FIELDS>;

export function toListItem(customer: ListedCustomer, staff: StaffDirectory): CustomerListItem {
  return {
    id: customer._id.toHexString(),
    customerId: customer.customerId,
    name: customer.name,
    phone: customer.phone ?? null,
    wechatId: customer.wechatId ?? null,
    serviceType: customer.serviceType ?? null,
    expectedBudget: customer.expectedBudget ?? null,
    address: customer.address ?? null,
    leadSource: customer.leadSource,
    leadLevel: customer.leadLevel ?? null,
    contractStatus: customer.contractStatus,
    status: customer.status,
    assignedTo: customer.assignedTo?.toHexString() ?? null,
    assignedToName: staff.nameOf(customer.assignedTo),
    lastFollowUpAt: iso(customer.lastFollowUpAt),
    nextFollowUpAt: iso(customer.nextFollowUpAt),
    createdAt: customer.createdAt.toISOString(),
    updatedAt: customer.updatedAt.toISOString(),
  };
}

/** Assigned, not spread: V8 makes a long literal with a spread in it a dictionary, slow to fill and to serialise. */
export function toDetail(customer: Customer, staff: StaffDirectory): CustomerDetail {
  return Object.assign(toListItem(customer, staff), {
    notes: customer.notes ?? null,
    restSchedule: customer.restSchedule ?? null,
    educationRequirement: customer.educationRequirement ?? null,
    expectedStartDate: iso(customer.expectedStartDate),
    expectedDeliveryDate: iso(customer.expectedDeliveryDate),
    homeArea: customer.homeArea ?? null,
    familySize: customer.familySize ?? null,
    serviceDays: customer.serviceDays ?? null,
    ageRequirement: customer.ageRequirement ?? null,
    genderRequirement: customer.genderRequirement ?? null,
    originRequirement: customer.originRequirement ?? null,
    dealAmount: customer.dealAmount ?? null,
    assignedBy: customer.assignedBy?.toHexString() ?? null,
    assignedByName: staff.nameOf(customer.assignedBy),
    assignedAt: iso(customer.assignedAt),
    assignmentReason: customer.assignmentReason ?? null,
    createdBy: customer.createdBy.toHexString(),
    createdByName: staff.nameOf(customer.createdBy),
    lastFollowUpBy: customer.lastFollowUpBy?.toHexString() ?? null,
    lastFollowUpByName: staff.nameOf(customer.lastFollowUpBy),
  });
}

function iso(date: Date | null | undefined): string | null {
  return date ? date.toISOString() : null;
}
