package dev.lethe.operator.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;
import java.io.StringWriter;

/**
 * A part of an object as unparsed JSON. Informers hold specs and statuses in this form, so an object that this version
 * cannot read (another version's, say) does not break the informer, and thousands of objects take little memory.
 */
@JsonSerialize(using = JsonText.Writer.class)
@JsonDeserialize(using = JsonText.Reader.class)
public record JsonText(String text) {
    private static final JsonFactory JSON = new JsonFactory();

    static final class Reader extends JsonDeserializer<JsonText> {
        @Override
        public JsonText deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            var text = new StringWriter();
            try (var copy = JSON.createGenerator(text)) {
                copy.copyCurrentStructure(parser);
            }
            return new JsonText(text.toString());
        }
    }

    static final class Writer extends JsonSerializer<JsonText> {
        @Override
        public void serialize(JsonText json, JsonGenerator generator, SerializerProvider provider) throws IOException {
            try (var parser = JSON.createParser(json.text)) {
                parser.nextToken();
                generator.copyCurrentStructure(parser);
            }
        }
    }
}
