package dev.lethe.api.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Resource;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every CEL rule of the CRDs, with objects that it accepts and refuses: {@code rules.yaml}. */
class RulesTest {
    private static final Map<?, ?> TABLE = table();

    /**
     * One row.
     *
     * @param message of the rule that refuses the object; null when nothing does
     */
    record Row(Kind kind, @Nullable Map<?, ?> old, Map<?, ?> object, String rule, @Nullable String message) {
        @Override
        public String toString() {
            return kind + (message == null ? " accepts " : " refuses ") + object.get("spec") + " by " + rule;
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRuleDecides(Row row) {
        List<String> problems = problems(row);
        if (row.message == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).hasSize(1).first().asString().endsWith(": " + row.message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyRuleHasRowsThatItAcceptsAndRefuses(Kind kind) {
        Set<String> rules = new TreeSet<>(messages(Schema.of(kind)));
        if (of(kind).get("unchangeable") instanceof List<?> fields) {
            fields.forEach(it -> rules.remove(it + " may not change: create a new resource"));
        }
        List<Row> rows = rows().filter(it -> it.kind == kind).toList();
        assertThat(rows)
                .filteredOn(it -> it.message != null)
                .extracting(Row::rule)
                .containsAll(rules);
        assertThat(rows)
                .filteredOn(it -> it.message == null)
                .extracting(Row::rule)
                .containsAll(rules);
    }

    static Stream<Row> rows() {
        return Stream.of(Kind.values()).flatMap(kind -> Stream.concat(written(kind), changes(kind)));
    }

    private static Stream<Row> written(Kind kind) {
        var rows = new ArrayList<Row>();
        for (Object each : (List<?>) of(kind).get("rules")) {
            var rule = (Map<?, ?>) each;
            String message = (String) rule.get("message");
            ((List<?>) rule.get("accept")).forEach(it -> rows.add(row(kind, (Map<?, ?>) it, message, null)));
            ((List<?>) rule.get("reject")).forEach(it -> rows.add(row(kind, (Map<?, ?>) it, message, message)));
        }
        return rows.stream();
    }

    /** A field that appears, or has another value, or stays as it is. */
    private static Stream<Row> changes(Kind kind) {
        return ((Map<?, ?>) of(kind).get("changes")).entrySet().stream().flatMap(change -> {
            String message = change.getKey() + " may not change: create a new resource";
            Map<?, ?> other = Map.of("spec", Map.of(change.getKey(), change.getValue()));
            return Stream.of(
                    row(kind, Map.of("old", Map.of(), "new", other), message, message),
                    row(kind, Map.of("old", other, "new", Map.of()), message, message),
                    row(kind, Map.of("old", other, "new", other), message, null));
        });
    }

    private static Row row(Kind kind, Map<?, ?> entry, String rule, @Nullable String message) {
        return entry.containsKey("new")
                ? new Row(kind, object(kind, entry.get("old")), object(kind, entry.get("new")), rule, message)
                : new Row(kind, null, object(kind, entry), rule, message);
    }

    private static Map<?, ?> object(Kind kind, @Nullable Object patch) {
        var object = new LinkedHashMap<Object, Object>(Map.of("apiVersion", Resource.API_VERSION, "kind", kind.name()));
        object.putAll((Map<?, ?>) merge(of(kind).get("base"), patch));
        return object;
    }

    /** JSON merge patch (RFC 7386). */
    private static @Nullable Object merge(@Nullable Object target, @Nullable Object patch) {
        if (!(patch instanceof Map<?, ?> changes)) {
            return patch;
        }
        var merged = new LinkedHashMap<Object, Object>(target instanceof Map<?, ?> map ? map : Map.of());
        changes.forEach((key, value) -> {
            if (value == null) {
                merged.remove(key);
            } else {
                merged.put(key, merge(merged.get(key), value));
            }
        });
        return merged;
    }

    private static List<String> problems(Row row) {
        try {
            Resource<?, ?> object = parse(row.object);
            if (row.old != null) {
                Manifest.checkUpdate(parse(row.old), object);
            }
            return List.of();
        } catch (InvalidManifest e) {
            return e.problems();
        }
    }

    private static Resource<?, ?> parse(Map<?, ?> object) {
        return Manifest.parse("row", Documents.json(object)).getFirst();
    }

    private static List<String> messages(Schema schema) {
        var messages = new ArrayList<>(
                schema.rules().stream().map(Schema.Rule::message).toList());
        schema.items().ifPresent(it -> messages.addAll(messages(it)));
        schema.fields().forEach(it -> messages.addAll(messages(schema.field(it).orElseThrow())));
        return messages;
    }

    private static Map<?, ?> of(Kind kind) {
        return Objects.requireNonNull((Map<?, ?>) TABLE.get(kind.name()));
    }

    private static Map<?, ?> table() {
        InputStream table = RulesTest.class.getResourceAsStream("rules.yaml");
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(table);
    }
}
