package dev.lethe.operator.observation;

import io.fabric8.kubernetes.api.model.Event;
import java.util.Comparator;

/** When something that an event tells of happened last. */
public final class EventTime {
    public static final Comparator<Event> ORDER = Comparator.comparing(EventTime::of);

    private EventTime() {}

    private static String of(Event event) {
        if (event.getLastTimestamp() != null) {
            return event.getLastTimestamp();
        }
        return event.getEventTime() != null && event.getEventTime().getTime() != null
                ? event.getEventTime().getTime()
                : "";
    }
}
