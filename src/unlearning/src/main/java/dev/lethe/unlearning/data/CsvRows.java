package dev.lethe.unlearning.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * CSV with a header, as RFC 4180 has it. Cells are separated by what the header has most of: a comma, a semicolon or a tab. Every
 * cell is a text, an empty one the empty text.
 */
final class CsvRows {
    private static final List<Character> DELIMITERS = List.of(',', ';', '\t');

    private CsvRows() {}

    /** @throws InvalidInput where the header is unfit, a quote is not closed, or a record has another number of cells */
    static List<JsonRow> read(TextLines text) {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(delimiter(text.first()))
                .setIgnoreEmptyLines(true)
                .get();
        try (CSVParser parser = CSVParser.parse(text.whole(), format)) {
            List<String> header = null;
            List<JsonRow> rows = new ArrayList<>();
            for (CSVRecord cells : parser) {
                if (header == null) {
                    header = header(text.source(), cells);
                } else {
                    rows.add(row(JsonRow.place(text.source(), rows.size()), header, cells));
                }
            }
            return rows;
        } catch (IOException | UncheckedIOException e) {
            throw InvalidInput.at(text.source(), "cells", "a quote that ends in the midst of a cell, or never", "CSV");
        }
    }

    private static char delimiter(String header) {
        return DELIMITERS.stream()
                .max(Comparator.comparingLong((Character delimiter) ->
                                header.chars().filter(c -> c == delimiter).count())
                        .thenComparing(delimiter -> -DELIMITERS.indexOf(delimiter)))
                .orElseThrow();
    }

    private static List<String> header(String source, CSVRecord cells) {
        List<String> names = cells.stream().map(String::strip).toList();
        if (new HashSet<>(names).size() < names.size()) {
            throw InvalidInput.at(source, "header", "a name twice", "names that differ");
        }
        return names;
    }

    private static JsonRow row(String where, List<String> header, CSVRecord cells) {
        if (cells.size() != header.size()) {
            throw InvalidInput.at(
                    where, "cells", String.valueOf(cells.size()), header.size() + ", as the header has names");
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < header.size(); i++) {
            object.put(header.get(i), cells.get(i));
        }
        return new JsonRow(where, object);
    }
}
