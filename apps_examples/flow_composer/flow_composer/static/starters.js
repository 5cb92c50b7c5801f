// What a new flow may begin with.
const FORMAT = 'portico.flow/1';

export const blank = () => ({ format: FORMAT, name: '', trigger: { event: '' }, steps: [] });

const ref = (path) => ({ ref: path });

export const STARTERS = [
  { key: 'solved', flow: { format: FORMAT, name: '', trigger: { event: 'ticket.solved' }, steps: [
    { id: 'contact', kind: 'call', call: { operation: 'get_contact' }, input: { contact_id: ref('trigger.ticket.requester.contact_id') } },
    { id: 'tag', kind: 'call', call: { operation: 'update_contact' }, input: { contact_id: ref('steps.contact.id'), tags: { append: [ref('steps.contact.tags'), { text: 'helped' }] } } },
    { id: 'post', kind: 'output', post: { url: '', headers: {}, body: { subject: ref('trigger.ticket.subject'), contact: ref('steps.contact.display_name') } } },
  ] } },
  { key: 'urgent', flow: { format: FORMAT, name: '', trigger: { event: 'ticket.created' }, steps: [
    { id: 'urgent', kind: 'filter', all: [{ value: ref('trigger.ticket.priority'), op: 'eq', to: 'urgent' }] },
    { id: 'post', kind: 'output', post: { url: '', headers: {}, body: { text: { template: '{{trigger.ticket.subject}}' } } } },
  ] } },
  { key: 'welcome', flow: { format: FORMAT, name: '', trigger: { event: 'contact.created' }, steps: [
    { id: 'a_day', kind: 'wait', seconds: 86400 },
    { id: 'ticket', kind: 'call', call: { operation: 'create_ticket' }, input: { subject: { template: '{{trigger.contact.display_name}}' }, 'requester.contact_id': ref('trigger.contact.id') } },
  ] } },
];
