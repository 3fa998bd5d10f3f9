package dev.lethe.api.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TreeTraversingParser;
import com.fasterxml.jackson.databind.util.NameTransformer;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Spec;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A spec's document has one level: the fields of its {@link Execution} stand beside the others. */
final class OneLevel {
    private static final String EXECUTION = "execution";

    private static final List<String> COMMON = fields(Execution.class).toList();

    private OneLevel() {}

    static SimpleModule reading() {
        return new SimpleModule("lethe-specs").setDeserializerModifier(new BeanDeserializerModifier() {
            private static final long serialVersionUID = 1;

            @Override
            public JsonDeserializer<?> modifyDeserializer(
                    DeserializationConfig config, BeanDescription bean, JsonDeserializer<?> nested) {
                Class<?> type = bean.getBeanClass();
                return Spec.class.isAssignableFrom(type) && type.isRecord() ? new Reader(type, nested) : nested;
            }
        });
    }

    private static Stream<String> fields(Class<?> record) {
        return Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName);
    }

    /** Jackson's own unwrapping writes, but it would read without refusing unknown fields. */
    static final class Writing extends NopAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Version version() {
            return Version.unknownVersion();
        }

        @Override
        public @Nullable NameTransformer findUnwrappingNameTransformer(AnnotatedMember member) {
            return member.getRawType() == Execution.class && !(member instanceof AnnotatedParameter)
                    ? NameTransformer.NOP
                    : null;
        }
    }

    private static final class Reader extends JsonDeserializer<Object> implements ResolvableDeserializer {
        private final Class<?> type;
        private final List<String> own;
        private final JsonDeserializer<?> nested;

        Reader(Class<?> type, JsonDeserializer<?> nested) {
            this.type = type;
            this.own = fields(type).filter(it -> !it.equals(EXECUTION)).toList();
            this.nested = nested;
        }

        @Override
        public void resolve(DeserializationContext context) throws JsonMappingException {
            if (nested instanceof ResolvableDeserializer resolvable) {
                resolvable.resolve(context);
            }
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonNode read = context.readTree(parser);
            JsonNode twoLevels = read instanceof ObjectNode flat ? nest(flat, parser, context) : read;
            try (JsonParser again = new TreeTraversingParser(twoLevels, parser.getCodec())) {
                again.nextToken();
                return nested.deserialize(again, context);
            } catch (JsonMappingException e) {
                // Where the fault is in the second level, it is found again there, with the path that the document has.
                if (twoLevels.get(EXECUTION) instanceof ObjectNode execution) {
                    var _ = context.readTreeAsValue(execution, Execution.class);
                }
                throw e;
            }
        }

        private ObjectNode nest(ObjectNode flat, JsonParser parser, DeserializationContext context)
                throws JsonMappingException {
            ObjectNode specific = flat.objectNode();
            ObjectNode execution = flat.objectNode();
            for (var field : flat.properties()) {
                if (COMMON.contains(field.getKey())) {
                    execution.set(field.getKey(), field.getValue());
                } else if (own.contains(field.getKey())) {
                    specific.set(field.getKey(), field.getValue());
                } else if (context.isEnabled(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)) {
                    var known = new ArrayList<Object>(own);
                    known.addAll(COMMON);
                    throw UnrecognizedPropertyException.from(parser, type, field.getKey(), known);
                }
            }
            return specific.set(EXECUTION, execution);
        }
    }
}
