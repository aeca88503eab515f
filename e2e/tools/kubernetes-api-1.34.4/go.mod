module dev.tarn/tools/kubernetes-api

go 1.26
