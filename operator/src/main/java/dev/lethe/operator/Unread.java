package dev.lethe.operator;

import dev.lethe.operator.Informers.Reading;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what the operator cannot read, when that changes. What two looks in a row find is meant: an informer that connects anew
 * reads nothing for a moment.
 */
final class Unread {
    private static final Logger LOG = LoggerFactory.getLogger(Unread.class);

    private final Supplier<SortedSet<Reading>> unread;
    private final Function<Reading, String> why;
    private SortedSet<Reading> seen = new TreeSet<>();
    private volatile SortedSet<Reading> told = new TreeSet<>();

    Unread(Supplier<SortedSet<Reading>> unread, Function<Reading, String> why, MeterRegistry registry) {
        this.unread = unread;
        this.why = why;
        Gauge.builder("lethe.unread", this, it -> it.told.size())
                .description("Kinds in namespaces that the operator cannot read; the rest is served")
                .register(registry);
    }

    /** The namespaces with what cannot be read in each. */
    String told() {
        return told.stream()
                .collect(Collectors.groupingBy(
                        Reading::where, TreeMap::new, Collectors.mapping(Reading::resource, Collectors.joining(", "))))
                .entrySet()
                .stream()
                .map(it -> it.getKey() + ": " + it.getValue())
                .collect(Collectors.joining("; "));
    }

    /** Looks once. */
    void look() {
        var now = unread.get();
        var lasting = new TreeSet<>(now);
        lasting.retainAll(seen);
        seen = now;
        if (lasting.equals(told)) {
            return;
        }
        told = lasting;
        if (lasting.isEmpty()) {
            LOG.info("everything can be read again");
        } else {
            LOG.warn(
                    "cannot read, serves the rest, and takes these up when it can: {} ({})",
                    told(),
                    why.apply(lasting.first()));
        }
    }
}
