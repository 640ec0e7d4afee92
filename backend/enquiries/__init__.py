"""Enquiries (咨询): a question and whoever was asked first."""
