// Parses iCalendar objects with ical.js, Thunderbird's parser. Reads a JSON list of texts, writes a JSON list of events.
import ICAL from "ical.js";

const texts = JSON.parse(await readAll(process.stdin));
process.stdout.write(JSON.stringify(texts.map(describeEvent)));

function describeEvent(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const components = calendar.getAllSubcomponents("vevent");
  if (components.length !== 1) throw new Error(`${components.length} events in one object`);
  const [component] = components;
  return { method: calendar.getFirstPropertyValue("method"), ...describeTexts(component), ...describeTimes(component) };
}

function describeTexts(component) {
  const getText = (name) => component.getFirstPropertyValue(name)?.toString() ?? "";
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    sequence: event.sequence,
    status: getText("status"),
    summary: event.summary,
    location: event.location ?? "",
    organizer: getText("organizer"),
    attendees: component.getAllProperties("attendee").map((attendee) => attendee.getFirstValue()),
  };
}

function describeTimes(component) {
  const event = new ICAL.Event(component);
  return {
    stamped_at: toUtcText(component.getFirstPropertyValue("dtstamp")),
    starts_at: toUtcText(event.startDate),
    ends_at: toUtcText(event.endDate),
  };
}

function toUtcText(time) {
  if (time.zone !== ICAL.Timezone.utcTimezone) throw new Error("a time that is not in UTC");
  return time.toJSDate().toISOString();
}

async function readAll(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part.toString());
  return parts.join("");
}
