package dev.lethe.api.schema;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Reads YAML 1.2 (and so JSON), strictly: keys are texts, and no key stands twice. */
final class Yaml {
    /** As much as an API server takes. */
    private static final int MAX_CHARACTERS = 3 << 20;

    private final String where;
    private final List<Problem> problems;

    private Yaml(String where, List<Problem> problems) {
        this.where = where;
        this.problems = problems;
    }

    /** The documents of a text; what is wrong goes to {@code problems}. */
    static List<Value> read(String where, String text, boolean positions, List<Problem> problems) {
        var settings = LoadSettings.builder()
                .setLabel(where)
                .setSchema(new CoreSchema())
                .setUseMarks(positions)
                .setCodePointLimit(MAX_CHARACTERS)
                .build();
        var yaml = new Yaml(where, problems);
        var documents = new ArrayList<Value>();
        try {
            for (Node node : new Compose(settings).composeAllFromString(text)) {
                documents.add(yaml.value(node, ""));
            }
        } catch (MarkedYamlEngineException e) {
            problems.add(new Problem(where, position(e.getProblemMark()), "", "not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
            problems.add(new Problem(where, Position.NONE, "", "not YAML: " + reason));
        } catch (StackOverflowError e) {
            problems.add(new Problem(where, Position.NONE, "", "not YAML that anyone wrote: nested too deeply"));
        }
        return documents;
    }

    private Value value(Node node, String path) {
        return switch (node) {
            case ScalarNode scalar -> new Value.Scalar(scalar(scalar), scalar.getValue(), position(node));
            case SequenceNode sequence -> items(sequence, path);
            case MappingNode mapping -> fields(mapping, path);
            default -> throw new IllegalStateException(node.getClass().getName());
        };
    }

    private Value.Items items(SequenceNode sequence, String path) {
        var items = new ArrayList<Value>();
        for (Node item : sequence.getValue()) {
            items.add(value(item, path + "[" + items.size() + "]"));
        }
        return new Value.Items(items, position(sequence));
    }

    private Value.Fields fields(MappingNode mapping, String path) {
        Map<String, Value.Field> fields = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            Position at = position(entry.getKeyNode());
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                problems.add(new Problem(where, at, path, "found a key that is no text, expected a field's name"));
                continue;
            }
            String field = FieldPath.child(path, key.getValue());
            var read = new Value.Field(at, value(entry.getValueNode(), field));
            if (fields.putIfAbsent(key.getValue(), read) != null) {
                problems.add(new Problem(where, at, field, "found twice, expected once"));
            }
        }
        return new Value.Fields(fields, position(mapping));
    }

    private static @Nullable Object scalar(ScalarNode node) {
        Tag tag = node.getTag();
        String text = node.getValue();
        if (tag.equals(Tag.NULL)) {
            return null;
        } else if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(text);
        } else if (tag.equals(Tag.INT)) {
            return whole(text);
        } else if (tag.equals(Tag.FLOAT)) {
            return real(text);
        }
        return text;
    }

    private static Object whole(String text) {
        BigInteger value = text.startsWith("0x")
                ? new BigInteger(text.substring(2), 16)
                : text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private static Double real(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case ".inf", "+.inf" -> Double.POSITIVE_INFINITY;
            case "-.inf" -> Double.NEGATIVE_INFINITY;
            case ".nan" -> Double.NaN;
            default -> Double.valueOf(text);
        };
    }

    private static Position position(Node node) {
        return position(node.getStartMark());
    }

    private static Position position(Optional<Mark> mark) {
        return mark.map(it -> new Position(it.getLine() + 1, it.getColumn() + 1))
                .orElse(Position.NONE);
    }
}
