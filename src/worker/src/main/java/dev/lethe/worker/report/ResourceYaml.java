package dev.lethe.worker.report;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes a resource as YAML. */
public final class ResourceYaml {
    private static final DumpSettings BLOCKS =
            DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();

    private ResourceYaml() {}

    /** YAML in blocks, without status and without what is absent. */
    public static String of(Resource<?, ?> resource) {
        Map<String, Object> document =
                Documents.mapper().convertValue(resource, new TypeReference<LinkedHashMap<String, Object>>() {});
        document.remove("status");
        return new Dump(BLOCKS).dumpToString(document);
    }
}
