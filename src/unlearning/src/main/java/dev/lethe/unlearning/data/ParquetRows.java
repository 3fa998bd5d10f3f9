package dev.lethe.unlearning.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.FieldAccessor;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqStruct;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parquet, read by Hardwood: texts, numbers, lists and structures; of other types only that they are there. */
final class ParquetRows {
    /** What pandas, PyArrow, {@code datasets} and Spark write unless they are told otherwise. */
    private static final Set<CompressionCodec> CODECS = EnumSet.of(
            CompressionCodec.UNCOMPRESSED, CompressionCodec.SNAPPY, CompressionCodec.GZIP, CompressionCodec.ZSTD);

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ParquetRows() {}

    /** @throws InvalidInput where the file is damaged, encrypted, or compressed by another codec */
    static List<JsonRow> read(String source, byte[] bytes) {
        List<JsonRow> rows = new ArrayList<>();
        try (ParquetFileReader file = ParquetFileReader.open(InputFile.of(ByteBuffer.wrap(bytes)))) {
            requireCodecs(source, file);
            try (RowReader reader = file.rowReader()) {
                while (reader.hasNext()) {
                    reader.next();
                    rows.add(new JsonRow(JsonRow.place(source, rows.size()), object(reader)));
                }
            }
        } catch (InvalidInput e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw InvalidInput.at(source, "form", "Parquet that is damaged or encrypted", "a whole Parquet file");
        }
        return rows;
    }

    private static void requireCodecs(String source, ParquetFileReader file) {
        file.getFileMetaData().rowGroups().stream()
                .flatMap(group -> group.columns().stream())
                .map(column -> column.metaData().codec())
                .filter(codec -> !CODECS.contains(codec))
                .findFirst()
                .ifPresent(codec -> {
                    throw InvalidInput.at(source, "compression", codec.name(), "one of " + CODECS);
                });
    }

    private static ObjectNode object(FieldAccessor row) {
        ObjectNode object = JSON.objectNode();
        for (int i = 0; i < row.getFieldCount(); i++) {
            String name = row.getFieldName(i);
            object.set(name, row.isNull(name) ? JSON.nullNode() : node(row.getValue(name)));
        }
        return object;
    }

    private static JsonNode node(@Nullable Object value) {
        return switch (value) {
            case null -> JSON.nullNode();
            case String text -> JSON.textNode(text);
            // Old writers do not say which bytes are text.
            case byte[] text -> JSON.textNode(new String(text, StandardCharsets.UTF_8));
            case Integer number -> JSON.numberNode(number);
            case Long number -> JSON.numberNode(number);
            case Float number -> JSON.numberNode(number);
            case Double number -> JSON.numberNode(number);
            case Boolean bool -> JSON.booleanNode(bool);
            case PqStruct struct -> object(struct);
            case PqList list -> {
                ArrayNode array = JSON.arrayNode();
                list.values().forEach(it -> array.add(node(it)));
                yield array;
            }
            default -> JSON.pojoNode(value);
        };
    }
}
