// Read iCalendar objects with ical.js, the engine of Thunderbird: a JSON list of texts comes in, what they say goes out.
import ICAL from "ical.js";

const text = (await collected(process.stdin)).join("");
process.stdout.write(JSON.stringify(JSON.parse(text).map(said)));

function said(content) {
  const calendar = new ICAL.Component(ICAL.parse(content));
  const components = calendar.getAllSubcomponents("vevent");
  if (components.length !== 1) throw new Error(`${components.length} events in one object`);
  const component = components[0];
  const event = new ICAL.Event(component);
  const words = (name) => component.getFirstPropertyValue(name)?.toString() ?? "";
  return {
    method: calendar.getFirstPropertyValue("method"),
    uid: event.uid,
    sequence: event.sequence,
    stamped_at: moment(component.getFirstPropertyValue("dtstamp")),
    starts_at: moment(event.startDate),
    ends_at: moment(event.endDate),
    status: words("status"),
    summary: event.summary,
    location: event.location ?? "",
    organizer: words("organizer"),
    attendees: component.getAllProperties("attendee").map((one) => one.getFirstValue()),
  };
}

function moment(time) {
  if (time.zone !== ICAL.Timezone.utcTimezone) throw new Error("a time that is not in UTC");
  return time.toJSDate().toISOString();
}

async function collected(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part.toString());
  return parts;
}
